/**
 * Catalogue lines for media, documents, phones and the desktop; ../catalogue.ts describes the
 * format.
 */
export const DESKTOP_TOOLS = `
@media
ffmpeg ffprobe ffplay sox mpv vlc mplayer
magick: animate compare composite conjure convert display identify import mogrify montage stream
convert identify mogrify montage compare gimp inkscape blender optipng pngquant jpegoptim cwebp gifsicle lame flac
metaflac opusenc oggenc mediainfo mkvmerge handbrakecli(HandBrakeCLI) gphoto2 arecord aplay amixer alsamixer
pactl: exit get-default-sink info list load-module set-default-sink set-sink-volume stat subscribe unload-module
pw-cli pw-config
playerctl: metadata next pause play play-pause previous status stop volume
cmus
mpc: add clear current next pause play playlist prev search stop toggle update volume
asciinema: auth cat convert play rec stream upload
scrot flameshot maim
@documents
pdflatex latex xelatex lualatex tex latexmk bibtex
typst: compile fonts init query update watch
groff troff asciidoctor cmark pdftotext pdftk qpdf pdfunite pdfdetach pdfinfo ghostscript(gs) libreoffice(soffice)
ebook-convert
calibredb: add export list remove search set_metadata show_metadata
tesseract
hugo: completion config convert deploy env gen import list mod new server version
gitbook obsidian evince zathura okular lp lpr lpstat cupsd scanimage
@mobile
adb [-s -H -P]: backup bugreport connect devices disconnect emu exec-out forward get-state help install install-multiple keygen kill-server logcat pair pull push reboot remount reverse root shell sideload start-server sync tcpip uninstall unroot usb version wait-for-device
fastboot: boot continue devices erase flash flashing format getvar oem reboot set_active update
scrcpy emulator avdmanager sdkmanager apktool aapt ios-deploy ideviceinfo idevicebackup2
platformio(pio): account boards ci check debug device home init lib pkg project remote run settings system test update upgrade
arduino-cli: board burn-bootloader cache compile completion config core debug lib monitor outdated sketch update upgrade upload version
esptool(esptool.py) openocd avrdude
west: build debug flash init list topdir update
@macos
open pbcopy pbpaste
defaults: delete export find import read read-type rename write
diskutil: activity apfs appleRAID cs disableOwnership eject enableOwnership eraseDisk eraseVolume info list listFilesystems mount mountDisk partitionDisk randomDisk reformat rename repairDisk repairVolume resizeVolume secureErase unmount unmountDisk verifyDisk verifyVolume zeroDisk
hdiutil: attach compact convert create detach info resize verify
launchctl: bootout bootstrap disable enable getenv kickstart kill limit list load print remove setenv start stop submit unload unsetenv
csrutil: authenticated-root clear disable enable netboot report status
spctl
security: add-generic-password add-internet-password add-trusted-cert authorizationdb create-keychain default-keychain delete-certificate delete-generic-password delete-keychain dump-keychain dump-trust-settings export find-certificate find-generic-password find-identity find-internet-password import list-keychains lock-keychain remove-trusted-cert set-keychain-settings show-keychain-info unlock-keychain verify-cert
tmutil: addexclusion compare delete deletelocalsnapshots destinationinfo disable disablelocal enable latestbackup listbackups listlocalsnapshots localsnapshot removedestination removeexclusion restore setdestination startbackup status stopbackup thinlocalsnapshots verifychecksums
dscl dseditgroup sysadminctl dscacheutil mdfind mdls mdutil osascript osacompile plutil plistbuddy pmset caffeinate
softwareupdate system_profiler sw_vers systemsetup xattr codesign pkgutil installer nvram bless asr
fdesetup: authrestart disable enable list remove status
profiles: install list remove renew show status validate
kextload kextunload
kmutil: clear-staging inspect load log print-diagnostics showloaded trigger-panic unload
tccutil: reset
say screencapture afplay sips textutil ditto airport
log: collect config erase show stats stream
dsconfigad eficheck newfs_hfs newfs_apfs gpt nettop fs_usage dtrace dtruss sample spindump
@desktop
xdg-open
xdg-mime: default query
xdg-settings
gio: cat copy info list mount move open remove rename set trash tree
gsettings: describe get list-keys list-recursively list-schemas monitor range reset set writable
dconf: compile dump list load read reset update watch write
notify-send zenity kdialog xclip xsel wl-copy wl-paste xdotool wmctrl xrdb xset setxkbmap swaymsg i3-msg i3-nagbar
swaynag hyprctl rofi dmenu feh nitrogen startx xinit firefox
chromium(google-chrome,chromium-browser,microsoft-edge,brave) thunderbird mutt(neomutt) mail(mailx,mutt-send) sendmail
msmtp swaks weechat irssi gnome-terminal konsole alacritty kitty wezterm xterm fc-list fc-cache
update-desktop-database dbus-send pw-top qdbus
`;
