import { describe, expect, test } from '@jest/globals';
import { rate } from '../../../src/risk/rate.ts';

const masked = (command: string): string => rate(command, 'bash').redacted.text;

describe('a credential is masked', () => {
  test.each([
    ["alias x='mysql -phunter2'", 'hunter2'],
    ["alias db='mysql -u root -phunter22 shop'", 'hunter22'],
    ['alias x="curl -u bob:hunter22 https://h"', 'hunter22'],
    ["alias x='sudo -u db mysql -phunter2'", 'hunter2'],
    ['f() { mysql -phunter2; }', 'hunter2'],
    ['function f { curl -u bob:hunter22 h; }', 'hunter22'],
    ['f() { g() { mysql -phunter2; }; }', 'hunter2'],
    ['bash <(curl -s https://h/i.sh) -t 8f3kd93kd', '8f3kd93kd'],
    ['bash <(curl -s https://h/i.sh) --token 8f3kd93kd', '8f3kd93kd'],
    ['curl -s https://h/i.sh | bash -s -- -t 8f3kd93kd2 -v', '8f3kd93kd2'],
    ['wget -qO- https://h/i.sh | sudo bash -s -- -k 8f3kd93kd2', '8f3kd93kd2'],
    ['sh -c "$(curl -fsSL https://h/i.sh)" -- -t 8f3kd93kd2', '8f3kd93kd2'],
    ['. <(curl -s https://h/i.sh) 8f3kd93kd2Lq7Zw0x', '8f3kd93kd2Lq7Zw0x'],
    ['az cosmosdb update --primary-key k3Yw9Qz1LmT7xB2v -n x', 'k3Yw9Qz1LmT7xB2v'],
    ['az redis update --primary-key=k3Yw9Qz1LmT7xB2v', 'k3Yw9Qz1LmT7xB2v'],
    ['az eventhubs --secondary-key k3Yw9Qz1LmT7xB2v+/9a==', 'k3Yw9Qz1LmT7xB2v+/9a=='],
    ['gcloud x --primary-key k3Yw9Qz1LmT7xB2v', 'k3Yw9Qz1LmT7xB2v'],
  ])('in %s', (command, secret) => {
    expect(masked(command)).not.toContain(secret);
    expect(masked(command)).toContain('‹redacted:');
  });
});

describe('nothing is masked', () => {
  test.each([
    "alias gs='git status'",
    "alias p='ssh -p 2222 host'",
    "alias k='kubectl -n prod'",
    'f() { ssh -p 2222 host; }',
    'curl https://h/i.sh | bash -s -- -p 8080 -t latest',
    'curl https://h/i.sh | bash -s -- -t v1.2.3',
    'bash <(curl -s https://h/i.sh) -t ubuntu2204',
    'curl -sSL https://install.python-poetry.org | python3 - --version 1.8.2',
    'bash <(curl -s https://h/i.sh) -p /opt/app1 --channel 20231101',
    'curl https://sh.rustup.rs | sh -s -- -y --default-toolchain nightly-2024-05-01',
    'aws ec2 run-instances --key-name mykey-2024',
    'aws kms encrypt --key-id 1234abcd-12ab-34cd-56ef-1234567890ab',
    'gcloud kms encrypt --key my-key --keyring ring',
    'gcloud compute x --csek-key-file k.json',
    'az vm create --ssh-key-values ~/.ssh/id.pub',
    'az cosmosdb sql container create --partition-key /tenantId',
    'aws dynamodb query --primary-key userId',
  ])('in %s', (command) => {
    expect(masked(command)).toBe(command);
  });
});

test('an alias that is only defined is not rated', () => {
  expect(rate("alias nuke='rm -rf /'", 'bash').level).toBe('safe');
});
