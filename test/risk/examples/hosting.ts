import type { RuleExamples } from './rule-examples.ts';

export const HOSTING_EXAMPLES: RuleExamples = {
  'hosting.destroy': {
    fires: [
      'doctl compute droplet delete x',
      'railway down',
      'neonctl projects delete x',
      'ibmcloud resource service-instance-delete x',
      'linode-cli linodes delete 1',
      'hcloud server delete x',
      'heroku apps:destroy x',
      'heroku pg:reset',
      'heroku ps:scale web=0',
      'heroku config:unset X',
      'heroku domains:clear',
    ],
    silent: ['ngrok version', 'heroku ps', 'heroku logs --tail', 'vercel --prod'],
  },
  'hosting.forge-delete': {
    fires: [
      'gh repo delete x --yes',
      'gh release delete v1',
      'gh secret delete X',
      'gh api -X DELETE /repos/x/y',
      'gh workflow disable x',
      'gh run delete 1',
      'gh issue delete 1',
      'gh ssh-key delete 1',
    ],
    silent: ['gh repo view', 'gh pr create', 'gh run list', 'gh pr checkout 1'],
  },
};
