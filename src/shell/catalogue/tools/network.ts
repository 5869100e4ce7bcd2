/**
 * Catalogue lines for networks, remote machines and security; ../catalogue.ts describes the format.
 */
export const NETWORK_TOOLS = `
@network
ip [-n -netns]: a addr address l link maddress monitor mptcp n neigh neighbor netconf netns ntable r route rule stats tcp_metrics token tunnel tuntap vrf xfrm
ifconfig ifup ifdown route arp arping ping(ping6) fping hping3 traceroute(traceroute6) tracepath mtr netstat ss
nslookup dig host drill dog whois delv
nmcli: agent connection device general help monitor networking radio
nmtui
iw: dev event help info list phy reg
iwconfig iwlist iwctl wpa_cli wpa_supplicant ethtool
tc: action chain class exec filter monitor qdisc
bridge: fdb link mdb monitor vlan vni
brctl: addbr addif delbr delif show
tcpdump tshark wireshark termshark ngrep iftop nethogs bmon vnstat nload iperf(iperf3) speedtest(speedtest-cli)
dhclient dhcpcd dnsmasq named
rndc: dumpdb flush freeze halt notify reconfig refresh reload retransfer status stop sync thaw
unbound-control avahi-browse openvpn
wg: addconf genkey genpsk pubkey set setconf show showconf syncconf
wg-quick: down save strip up
tailscale: bugreport cert completion configure debug dns down drive exit-node file funnel ip licenses lock login logout metrics netcheck nc ping serve set ssh status switch syspolicy up update version web whois
zerotier-cli nebula
warp-cli: connect disconnect register settings status
warp-diag nc(netcat,ncat,nc.traditional,nc.openbsd) socat telnet ftp lftp tftp ipcalc sipcalc birdc vtysh snmpwalk
snmpget snmptable nmblookup smbclient smbstatus showmount exportfs rpcinfo ldapsearch ldapadd ldapmodify ldapdelete
conntrack ifdata ifstat
ipset: add create del destroy flush list restore save swap test
networksetup scutil
@firewall
iptables(ip6tables) iptables-save(ip6tables-save) iptables-restore(ip6tables-restore)
nft: add delete describe flush insert list monitor replace reset
ufw: allow app default delete deny disable enable insert limit logging reject reload reset route show status
firewall-cmd firewalld pfctl ipfw ebtables arptables
fail2ban-client: get ping reload restart set start status stop unban
csf
shorewall: check clear reload restart start status stop
@transfer
curl(curlie) wget(wget2) aria2c axel http(https,xh,httpie) httpx rsync scp sftp rcp
croc: send
yt-dlp(youtube-dl) transmission-cli transmission-remote rtorrent syncthing unison lynx w3m links elinks grpcurl
websocat wscat evans hurl s3fs sshfs davfs2
@remote
ssh mosh autossh sshpass ssh-add ssh-agent ssh-copy-id ssh-keygen ssh-keyscan sshd sshuttle rsh rlogin rexec
pssh(parallel-ssh) clush pdsh dsh teleport
tsh: apps db kube login logout ls play proxy scp ssh status
xfreerdp rdesktop vncviewer vncserver x11vnc remmina tmate gotty ttyd
@security
gpg(gpg2) gpgconf gpg-agent gpg-connect-agent
openssl: asn1parse ca ciphers cms crl dgst dhparam ec ecparam enc engine errstr gendsa genpkey genrsa help list ocsp passwd pkcs12 pkcs7 pkcs8 pkey pkeyutl prime rand req rsa rsautl s_client s_server sess_id smime speed spkac verify version x509
step: api-server beta ca certificate completion context crypto oauth path ssh version
mkcert cfssl certtool nmap zmap masscan rustscan nikto sqlmap hydra medusa john hashcat aircrack-ng airmon-ng
gobuster: dir dns fuzz s3 vhost
ffuf feroxbuster dirb wfuzz wpscan nuclei subfinder
amass: db enum intel track viz
msfconsole msfvenom metasploit searchsploit responder crackmapexec(netexec) impacket-secretsdump enum4linux bettercap
ettercap tcpflow
lynis: audit show update
rkhunter chkrootkit clamscan freshclam aide ossec-control osqueryi
osqueryctl: config-check restart start status stop
yara binwalk foremost volatility radare2(r2) ghidra steghide exiftool proxychains(proxychains4) tor torsocks
macchanger kinit klist kdestroy kadmin oathtool
ykman: config fido info list oath openpgp otp piv
pkcs11-tool tpm2 firejail bwrap fprintd-verify
shodan: count domain download host info init myip parse scan search stats
theharvester
`;
