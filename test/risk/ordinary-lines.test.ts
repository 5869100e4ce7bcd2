import { expect, test } from '@jest/globals';
import { riskRank } from '../../src/domain/events/risk-level.ts';
import { rate } from '../../src/risk/rate.ts';

/** Lines of container files, set-up scripts and everyday work that lose nothing of value. */
const ORDINARY = String.raw`
apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*
apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*
apt-get autoremove -y && apt-get clean && rm -rf /var/cache/apt/archives/*
apk add --no-cache --virtual .build-deps gcc musl-dev && pip install -r requirements.txt && apk del .build-deps
apk del .build-deps && rm -rf /var/cache/apk/*
yum install -y httpd && yum clean all && rm -rf /var/cache/yum
dnf clean all && rm -rf /var/cache/dnf /var/log/dnf.log
rm -rf /usr/share/doc/* /usr/share/man/* /usr/share/locale/*
rm -rf /usr/share/doc /usr/share/man
rm -rf /root/.cache /root/.npm
rm -rf ~/.cache/pip
rm -rf /root/.cache/pip && find /usr/local -name '*.pyc' -delete
find /usr/local/lib/python3.9 -type d -name __pycache__ -exec rm -rf {} +
find / -name "*.pyc" -delete
find /usr/local -depth \( \( -type d -a \( -name test -o -name tests \) \) -o \( -type f -a \( -name '*.pyc' -o -name '*.pyo' \) \) \) -exec rm -rf '{}' +
find /usr/src/app -name "*.pyc" -exec rm -f {} \;
rm -rf /usr/src/python
rm -rf /usr/local/go/pkg/*/cmd
rm -rf /opt/venv/share
rm -rf /etc/nginx/conf.d/default.conf
rm /etc/nginx/conf.d/default.conf
rm -f /etc/nginx/sites-enabled/default
rm -f /etc/apt/sources.list.d/nodesource.list
rm -rf /etc/apt/sources.list.d/cuda.list
chown -R www-data:www-data /var/www/html
chown -R node:node /usr/src/app
chown -R postgres:postgres /var/lib/postgresql
chown -R mysql:mysql /var/lib/mysql /var/run/mysqld
chown -R redis:redis /data
chown -R nginx:nginx /var/cache/nginx /var/log/nginx /etc/nginx/conf.d
chown -R elasticsearch:elasticsearch /usr/share/elasticsearch
chown -R 1000:1000 /home/node
chown -R jenkins:jenkins /var/jenkins_home
chown root:root /usr/local/bin/app
chown -R app:app /opt/app
chown nobody /var/run/app.pid
chmod -R 755 /var/www
chmod +x /usr/local/bin/docker-entrypoint.sh
chmod 755 /usr/local/bin/kubectl
chmod -R g+rwX /opt/app
chmod 1777 /tmp
mkdir -p /var/run/sshd && chmod 0755 /var/run/sshd
chmod 777 /tmp
chmod -R 777 /tmp/app
chmod 700 /root/.ssh
curl -L https://github.com/x/y/releases/download/v1/y -o /usr/local/bin/y && chmod +x /usr/local/bin/y
wget -O /tmp/go.tgz https://go.dev/dl/go1.21.linux-amd64.tar.gz && tar -C /usr/local -xzf /tmp/go.tgz && rm /tmp/go.tgz
mv /tmp/app /usr/local/bin/app
mv kubectl /usr/local/bin/
mv /usr/bin/foo /usr/local/bin/foo
cp target/release/app /usr/local/bin/app
install -m 755 app /usr/local/bin/
install -o root -g root -m 0755 kubectl /usr/local/bin/kubectl
ln -sf /usr/bin/python3 /usr/bin/python
ln -s /usr/local/bin/node /usr/bin/node
ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
ln -sf /usr/share/zoneinfo/UTC /etc/localtime
echo "Asia/Tokyo" > /etc/timezone
echo "deb http://deb.debian.org/debian bookworm main" > /etc/apt/sources.list
echo 'Acquire::Retries "3";' > /etc/apt/apt.conf.d/80-retries
echo "export PATH=/usr/local/go/bin:$PATH" >> /etc/profile
echo "source /opt/ros/humble/setup.bash" >> ~/.bashrc
echo "source /opt/ros/humble/setup.bash" >> /root/.bashrc
echo 'export PATH="$HOME/.pyenv/bin:$PATH"' >> ~/.bashrc
echo 'eval "$(pyenv init -)"' >> ~/.bashrc
echo 'eval "$(pyenv init --path)"' >> ~/.profile
echo '[ -s "$NVM_DIR/nvm.sh" ] && \. "$NVM_DIR/nvm.sh"' >> ~/.bashrc
echo 'export NVM_DIR="$HOME/.nvm"' >> ~/.zshrc
eval "$(pyenv virtualenv-init -)"
eval "$(rbenv init - bash)"
eval "$(direnv hook bash)"
eval "$(/opt/homebrew/bin/brew shellenv)"
eval "$(starship init zsh)"
. "$HOME/.cargo/env"
[ -s "$NVM_DIR/nvm.sh" ] && . "$NVM_DIR/nvm.sh"
source <(kubectl completion bash)
groupadd -r app && useradd -r -g app -d /home/app -s /sbin/nologin app
adduser --disabled-password --gecos '' app
addgroup -S app && adduser -S app -G app
usermod -u 1000 www-data
sed -i 's/archive.ubuntu.com/mirror.example.com/g' /etc/apt/sources.list
sed -i 's/listen 80/listen 8080/' /etc/nginx/conf.d/default.conf
sed -i -e 's/memory_limit = 128M/memory_limit = 512M/' /usr/local/etc/php/php.ini
gpg --batch --keyserver keyserver.ubuntu.com --recv-keys ABCD
gpg --keyserver hkp://p80.pool.sks-keyservers.net:80 --recv-keys ABCD
apt-key adv --keyserver keyserver.ubuntu.com --recv-keys ABCD
update-ca-certificates
cp corp.crt /usr/local/share/ca-certificates/ && update-ca-certificates
cat /etc/ssl/certs/ca-certificates.crt
openssl x509 -in /etc/ssl/certs/server.crt -noout -text
cat /etc/letsencrypt/live/example.com/fullchain.pem
cat server.crt intermediate.crt > bundle.crt
docker image prune -f
docker rmi $(docker images -f "dangling=true" -q)
docker images -q -f dangling=true | xargs docker rmi
sudo chroot /mnt/root apt-get update
fd -e pyc -x rm
cd /var/log && grep sshd auth.log > ~/sshd.txt
cd /tmp && > out.log
adb shell pm clear com.example.app
adb shell rm -rf /data/local/tmp/coverage
ansible web -m shell -a 'uptime'
aws ssm send-command --parameters commands="systemctl status nginx"
az vm run-command invoke -g rg -n vm --command-id RunShellScript --scripts 'df -h'
screen -S s -X stuff 'ls\\n'
docker system df
rm -rf ~/Library/Caches/Homebrew
rm -rf ~/Library/Caches/*
rm -rf ~/Library/Developer/Xcode/DerivedData
rm -rf ~/.gradle/caches
rm -rf ~/.m2/repository/com/example
rm -rf ~/.npm/_cacache
rm -rf ~/.local/share/Trash/*
rm -rf ./node_modules package-lock.json
find . -name node_modules -type d -prune -exec rm -rf {} +
find . -name "*.o" -delete
find . -type f -name '*.orig' -delete
find build -type f -delete
find /tmp -mtime +7 -delete
find /var/log/app -name '*.gz' -mtime +30 -delete
find . -name '*.class' -print0 | xargs -0 rm
find . -name '*.bak' | xargs rm -f
find . -name .DS_Store -delete
sudo mount -o loop image.iso /mnt
losetup -fP disk.img
sudo losetup /dev/loop0 disk.img
mount -o loop,ro disk.img /mnt/img
dd if=image.iso of=disk.img bs=4M
dd if=/dev/zero of=swapfile bs=1M count=1024 && mkswap swapfile
dd if=/dev/zero of=/swapfile bs=1M count=2048 && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile
mkfs.ext4 -F disk.img
wipefs --no-act /dev/sda
wipefs -n /dev/sda
fdisk -l /dev/sda
parted /dev/sda print
rsync -av --delete --dry-run src/ dst/
./scripts/tables.sh --flush
bash iptables.sh
./mkfs.sh
sh rm.sh -rf
python manage.py migrate
make clean && make install
sudo make install
npm ci && npm run build && npm cache clean --force
yarn cache clean
pip install --no-cache-dir -r requirements.txt
git config --global --add safe.directory '*'
git clone --depth 1 https://x && cd x && ./configure && make
rm -rf /app/node_modules
rm -rf /build
rm -rf /usr/local/src/*
rm -rf "$GNUPGHOME"
rm -rf $HOME/.cache
rm -rf /tmp/* /var/tmp/*
rm -r $GNUPGHOME /tmp/x.asc
rm -rf /src
rm -f /var/run/apache2/apache2.pid
rm -f /tmp/.X99-lock
ln -sf /bin/bash /bin/sh
pkill -f gunicorn
killall node
kill -9 $(lsof -t -i:8080)
kill -9 $(pgrep -f server.js)
setcap cap_net_bind_service=+ep /usr/bin/node
nohup python train.py &
nohup ./run.sh > /tmp/out.log 2>&1 &
/tmp/go/bin/app --version
crontab -l
ssh-keygen -A
mkdir -p ~/.ssh && ssh-keyscan github.com >> ~/.ssh/known_hosts
export LD_LIBRARY_PATH=/usr/local/cuda/lib64:$LD_LIBRARY_PATH
sysctl -w vm.max_map_count=262144
sysctl -w net.ipv4.ip_forward=1
iptables -A INPUT -p tcp --dport 80 -j ACCEPT
iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
apt-get purge -y --auto-remove gcc make
apt-get purge -y --auto-remove -o APT::AutoRemove::RecommendsImportant=false $buildDeps
apt-get remove -y wget && apt-get autoremove -y
apt-mark auto '.*' > /dev/null
yum remove -y gcc
sudo rm /etc/systemd/system/myapp.service && sudo systemctl daemon-reload
sudo sed -i '/ swap / s/^/#/' /etc/fstab
mkdir -p $HOME/.kube && sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
sudo ufw delete allow 'Nginx HTTP'
sudo rm -rf /usr/local/go && sudo tar -C /usr/local -xzf go.tar.gz
find /var/log -name '*.gz' -mtime +30 -delete
rm -f /etc/ca-certificates.conf.dpkg-new
rm -f /etc/apt/apt.conf.d/01autoremove-kernels /etc/sysctl.d/bindv6only.conf
rm -rf /usr/share/python3/__pycache__ /usr/lib/gio/modules/giomodule.cache
rmdir /etc/ssl/certs 2>/dev/null || true
groupadd -g 42 shadow
addgroup --quiet --system kvm
install -d -m 2775 -o postgres -g postgres /var/run/postgresql
mkswap /dev/zram0 && swapon /dev/zram0
mkfs -t ext2 /dev/loop0
cat test.ps > /dev/usb/lp0
echo AT > /dev/serial/by-id/usb-modem
echo 10 > /proc/self/autogroup
setsebool -P httpd_can_network_connect on
socat -v udp4-recvfrom:6000,fork exec:'/bin/cat'
npx trufflehog filesystem . --json
plutil -p ~/Library/LaunchAgents/com.example.plist
pecl install redis && docker-php-ext-enable redis
`;

test('ordinary lines raise no alarm', () => {
  const lines = ORDINARY.split('\n').filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter((line) => riskRank(rate(line, 'bash').level) >= riskRank('high'))).toEqual([]);
});
