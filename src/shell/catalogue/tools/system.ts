/** Catalogue lines for the operating system; ../catalogue.ts describes the format. */
export const SYSTEM_TOOLS = `
@files
ls(gls,vdir,dir) exa eza lsd tree cd(chdir) pwd pushd popd dirs z
zoxide: add edit import init query remove
mkdir rmdir rm(grm) unlink shred trash(trash-put) cp(gcp) mv(gmv) ln link touch stat file readlink realpath basename
dirname find(gfind) fd(fdfind) locate(plocate,mlocate) updatedb du dust ncdu duf df install mktemp mkfifo mknod
truncate fallocate split csplit cksum md5sum(md5) sha1sum(shasum) sha224sum sha256sum sha384sum sha512sum b2sum b3sum
rename mmv vidir ranger nnn yazi chattr lsattr getfacl setfacl chmod chown chgrp umask inotifywait fswatch entr
watchman: get-config list-roots shutdown-server watch watch-del
detox fdupes czkawka_cli stow symlinks tmpreaper
@text
cat(gcat) tac bat(batcat) less more most head(ghead) tail(gtail) multitail lnav sort(gsort) uniq cut paste join comm
tr(gtr) wc(gwc) nl rev fold fmt pr column expand unexpand echo printf yes seq jot tee sponge awk(gawk,mawk,nawk)
sed(gsed) grep(egrep,fgrep,ggrep,zgrep,rgrep,bzgrep,xzgrep) rg(ripgrep) ag ack pcregrep ugrep(ug) fzf sk strings xxd
hexdump(hd) od base64 base32 basenc uuencode uudecode iconv dos2unix unix2dos diff(colordiff) diff3 sdiff cmp patch
wdiff difft meld look shuf tsort figlet cowsay lolcat zcat zless aspell hunspell sd choose
@data
jq(gojq,jaq) yq xq dasel fx gron jo jc miller(mlr) xsv csvkit csvcut csvgrep csvlook csvsql csvjoin xmllint xmlstarlet
xsltproc htmlq pup visidata(vd) jello datamash tsv-filter envsubst gettext msgfmt
cue: cmd def eval export fmt get import login mod trim version vet
jsonnet nickel
@archives
tar(gtar,bsdtar) gzip gunzip pigz bzip2 bunzip2 xz unxz zstd unzstd lz4 lzma lzop brotli zip unzip zipinfo
7z(7za,7zz,7zr) rar unrar cpio pax dar unar lsar ouch
@shell
bash zsh sh(dash,ash,ksh,mksh,rbash) fish tcsh(csh) nu elvish xonsh source(.) eval exec exit logout export set unset
declare(typeset) local readonly alias unalias type which whereis command builtin hash enable test([) true(:) false
read readarray(mapfile) getopts shift trap ulimit shopt setopt bind complete compgen history fc let return break
continue sleep wait xargs parallel env printenv time watch timeout nohup tput stty reset clear tty script
direnv: allow block deny edit exec export hook reload status
starship: completions config explain init module preset print-config prompt timings
tmux: attach attach-session detach kill-server kill-session list-sessions ls new new-session new-window rename-session send-keys source-file split-window switch
screen
zellij: attach delete-session kill-session list-sessions run setup
byobu
atuin: account history import init login logout register search stats status sync
thefuck
asdf: current exec global install latest list local plugin reshim uninstall update where which
mise(rtx): activate current doctor env exec install latest list ls outdated plugins prune run self-update settings tasks trust uninstall upgrade use where which
busybox toybox
@help
man info apropos whatis tldr cheat help navi
@processes
ps top htop btop atop glances procs pgrep pkill kill killall pidof pstree pmap lsof fuser nice renice ionice taskset
chrt jobs bg fg disown uptime w vmstat iostat mpstat sar pidstat free dstat iotop nmon slabtop prlimit cpulimit stress
stress-ng flock setsid at batch atq atrm crontab anacron
@services
systemctl [-H --host -M --machine -t --type -n --lines -o --output -p --property]: cancel cat daemon-reexec daemon-reload default disable edit emergency enable get-default halt hibernate import-environment is-active is-enabled is-failed is-system-running isolate kexec kill link list-automounts list-dependencies list-jobs list-machines list-sockets list-timers list-unit-files list-units mask poweroff preset reboot reenable reload reload-or-restart rescue reset-failed restart revert set-default set-environment set-property show show-environment soft-reboot start status stop suspend try-restart unmask unset-environment
journalctl service systemd-run
systemd-analyze: blame calendar cat-config condition critical-chain dot dump plot security syscall-filter time unit-paths verify
loginctl: activate attach disable-linger enable-linger kill-session kill-user list-seats list-sessions list-users lock-session seat-status session-status show-session show-user terminate-session terminate-user unlock-session user-status
hostnamectl: chassis deployment hostname icon-name location set-hostname status
timedatectl: list-timezones set-local-rtc set-ntp set-time set-timezone show status timesync-status
localectl: list-keymaps list-locales set-keymap set-locale status
resolvectl: dns domain flush-caches query reset-statistics revert service statistics status
networkctl: down list reload renew status up
bootctl: cleanup install is-installed kernel-path list random-seed remove set-default status update
coredumpctl: debug dump gdb info list
busctl: call capture get-property introspect list monitor set-property status tree
systemd-cryptenroll systemd-tmpfiles systemd-detect-virt init telinit shutdown reboot halt poweroff update-rc.d
chkconfig rc-service
rc-update: add delete show
sv: down once reload restart start status stop up
s6-svc
supervisorctl: add avail clear fg maintail pid reload remove reread restart shutdown signal start status stop tail update version
supervisord monit initctl sysrc logrotate logger dmesg rsyslogd syslog-ng
@users
id whoami who users groups last lastb lastlog finger su sudo doas sudoedit visudo pkexec run0 passwd chpasswd chage
useradd userdel usermod adduser deluser groupadd groupdel groupmod gpasswd newgrp vipw pwck chsh chfn getent login
logname quota faillock pw newusers getpcaps setcap getcap capsh
@disks
mount umount lsblk blkid fdisk sfdisk cfdisk gdisk sgdisk parted gparted partprobe partx
mkfs(mkfs.ext2,mkfs.ext3,mkfs.ext4,mkfs.xfs,mkfs.btrfs,mkfs.vfat,mkfs.fat,mkfs.ntfs,mkfs.exfat,mkfs.f2fs) mke2fs
mkswap swapon swapoff fsck(fsck.ext4,e2fsck,xfs_repair) tune2fs resize2fs xfs_growfs dd ddrescue wipefs badblocks
hdparm smartctl blockdev blkdiscard
nvme: format fw-download id-ctrl id-ns list sanitize smart-log
sync findmnt losetup
dmsetup: create info ls mknodes remove remove_all resume status suspend table wipe_table
cryptsetup: close config create erase isLuks luksAddKey luksChangeKey luksClose luksDump luksErase luksFormat luksHeaderBackup luksHeaderRestore luksKillSlot luksOpen luksRemoveKey open reencrypt refresh resize status
lvm: fullreport lvcreate lvremove lvs pvcreate pvremove pvs vgcreate vgremove vgs
lvs lvcreate lvremove lvextend lvreduce lvresize lvdisplay lvchange vgs vgcreate vgremove vgextend vgreduce vgdisplay
vgchange pvs pvcreate pvremove pvmove pvdisplay pvscan mdadm
zfs: allow bookmark clone create destroy diff get inherit list load-key mount promote receive rename rollback send set share snapshot umount unload-key upgrade
zpool: add attach clear create destroy detach export get history import initialize iostat list offline online remove replace resilver scrub set split status trim upgrade
btrfs: balance check device filesystem inspect-internal property qgroup quota receive replace rescue restore scrub send subvolume
xfs_info e2label debugfs photorec testdisk fstrim eject
udisksctl: dump info lock loop-delete loop-setup mount power-off status unlock unmount
lspath multipath iscsiadm
@kernel
uname lsmod insmod rmmod modprobe modinfo depmod
dkms: add autoinstall build install mkdeb remove status uninstall unbuild
sysctl kexec grub-install grub-mkconfig update-grub efibootmgr mkinitcpio dracut update-initramfs lsns nsenter unshare
chroot getenforce setenforce sestatus
semanage: boolean export fcontext import interface login module node permissive port user
setsebool getsebool restorecon chcon secon aa-status aa-enforce aa-complain aa-disable auditctl ausearch aureport
augenrules cgcreate cgexec bpftool ipcs ipcrm lsipc
@hardware
lscpu lspci lsusb lshw lsmem dmidecode inxi sensors hwinfo hwclock acpi upower cpupower turbostat xrandr brightnessctl
bluetoothctl: connect devices disconnect list pair paired-devices power remove scan show trust untrust
rfkill nvtop
fwupdmgr: get-devices get-updates refresh update
i2cdetect flashrom hostname date cal ncal locale getconf arch nproc neofetch fastfetch ipmitool powertop
@packages
apt(apt-fast,nala): add-repository autoclean autopurge autoremove build-dep changelog clean depends dist-upgrade download edit-sources full-upgrade help hold install list moo policy purge rdepends reinstall remove satisfy search show showsrc source unhold update upgrade
apt-get: autoclean autoremove build-dep changelog check clean dist-upgrade download install purge reinstall remove source update upgrade
apt-cache: depends dump madison policy rdepends search show showpkg stats
apt-mark: auto hold manual minimize-manual showauto showhold showmanual unhold
apt-key: add adv del export finger list
apt-file: list search update
add-apt-repository
aptitude: autoclean clean forbid-version full-upgrade hold install markauto purge reinstall remove safe-upgrade search show unhold update why
dpkg dpkg-reconfigure dpkg-query dpkg-deb debuild update-alternatives
dnf: autoremove builddep check check-update clean config-manager copr distro-sync downgrade download group groupinstall help history info install list makecache mark module provides reinstall remove repolist repoquery search swap system-upgrade update upgrade versionlock
yum: autoremove check check-update clean deplist downgrade erase groupinstall help history info install list localinstall makecache provides reinstall remove repolist search update upgrade
rpm rpmbuild
zypper: addrepo clean dist-upgrade dup info install lr packages patch ps refresh remove removerepo repos search update verify
pacman yay paru makepkg
apk: add cache del fetch fix index info list policy search stats update upgrade version
xbps-install xbps-query xbps-remove emerge equery
eopkg: install remove search update-repo upgrade
nix: build copy develop doctor edit eval flake fmt hash log profile repl run search shell show-config store upgrade-nix why-depends
nix-env nix-shell nix-build nix-collect-garbage nix-channel
nixos-rebuild: boot build build-vm dry-build list-generations switch test
home-manager: build edit expire-generations generations packages remove-generations switch
guix: build describe environment gc home import install package pull refresh remove search shell show system time-machine upgrade
snap: alias aliases changes connect connections disable disconnect enable find get info install interfaces list login logout refresh remove restart revert run saved services set start stop switch try unset version warnings
flatpak: build build-bundle build-export build-init config create-usb document-export enter history info install kill list make-current mask override pin ps remote-add remote-delete remote-info remote-ls remote-modify remotes repair repo run search uninstall update
flatpak-builder
brew(linuxbrew): analytics autoremove bundle cat cleanup commands config create deps desc doctor edit fetch formulae home info install leaves link list log migrate options outdated pin postinstall pyenv-sync readall reinstall search services shellenv tap tap-info uninstall unlink unpin untap update upgrade uses which-formula
port: activate clean contents deactivate deps echo info install installed list outdated provides reclaim search selfupdate uninstall upgrade variants
mas: account home info install list lucky open outdated purchase reset search signin signout uninstall upgrade vendor version
pkg: add audit autoremove check clean delete info install lock query remove search set stats update upgrade which
pkg_add pkg_delete
choco: install list outdated pin search uninstall upgrade
scoop: bucket cleanup info install list search status uninstall update
winget: export import install list search show source uninstall upgrade
alien checkinstall fpm debootstrap needrestart unattended-upgrade pkcon
@virtualization
qemu-system(qemu-system-x86_64,qemu-system-aarch64)
qemu-img: amend bench bitmap check commit compare convert create dd info map measure rebase resize snapshot
virsh: attach-device autostart console create define destroy detach-device dominfo domifaddr dumpxml edit list managedsave net-define net-destroy net-list net-start net-undefine nodeinfo pool-delete pool-destroy pool-list reboot resume save setmem setvcpus shutdown snapshot-create snapshot-delete snapshot-list snapshot-revert start suspend undefine vncdisplay vol-create vol-delete vol-list vol-wipe
virt-install virt-manager virt-xml
vboxmanage: clonevm controlvm createvm export guestproperty import list modifyvm registervm showvminfo snapshot startvm unregistervm
vmrun: clone list start stop suspend
multipass: authenticate clone delete exec find get help info launch list mount networks purge recover restart restore set shell snapshot start stop suspend transfer umount version
lima(limactl): copy create delete edit factory-reset info list prune shell start stop
colima: delete list nerdctl prune restart ssh start status stop template update version
qm: clone config create destroy list migrate reboot reset rollback shutdown snapshot start status stop
pct: clone config create destroy enter exec list reboot restore rollback shutdown snapshot start stop
pvesh
xl: console create destroy list migrate pause reboot restore save shutdown unpause
wsl
`;
