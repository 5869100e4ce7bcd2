import type { RuleExamples } from './rule-examples.ts';

export const INFRASTRUCTURE_EXAMPLES: RuleExamples = {
  'infrastructure.ad-hoc': {
    fires: ["ansible all -m shell -a 'rm -rf /'"],
    silent: ['ansible all -m ping'],
  },
  'infrastructure.destroy': {
    fires: [
      'terraform destroy',

      'terraform destroy',
      'terraform apply -auto-approve',
      'terraform state rm x',
      'terraform taint x',
      'terraform workspace delete x',
      'terraform force-unlock 1',
      'tofu destroy',
      'terragrunt run-all destroy',
    ],
    silent: [
      'terraform destroy -help',
      'terraform plan',
      'terraform init',
      'terraform validate',
      'terraform state list',
    ],
  },
  'infrastructure.force-playbook': {
    fires: ['ansible-galaxy remove x'],
    silent: ['ansible-galaxy install x', 'ansible-playbook site.yml'],
  },
};
