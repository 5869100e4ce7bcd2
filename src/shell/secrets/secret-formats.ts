/**
 * Tokens with a recognizable format. A `hint` must occur in the text before its pattern is tried,
 * so that an ordinary command costs only a few substring searches. An unbounded repetition ends its
 * pattern, or is followed by an alternative that always matches. What is read is thus consumed and
 * not read again from a later start, so that matching is linear.
 */
export interface SecretFormat {
  readonly kind: string;
  readonly hint: string;
  readonly pattern: RegExp;
  /** Group of the match that is the secret: the whole match (default), or the first group. */
  readonly group?: 1;
}

type Row = readonly [kind: string, hint: string, source: string];

/** Tokens without a letter or digit directly before or after. */
const TOKENS: readonly Row[] = [
  ['github-token', 'gh', 'gh[pousr]_[A-Za-z0-9]{30,}'],
  ['github-token', 'github_pat_', 'github_pat_[A-Za-z0-9_]{22,}'],
  ['gitlab-token', 'gl', 'gl(?:pat|ptt|dt|rt|cbt|oas|agent|soat|ft|imt|ffct)-[A-Za-z0-9_.=-]{20,}'],
  ['gitlab-token', 'GR1348941', 'GR1348941[\\w-]{20,50}'],
  ['bitbucket-token', 'ATBB', 'ATBB[A-Za-z0-9]{28,40}'],
  ['atlassian-token', 'ATATT3', 'ATATT3[\\w=-]{40,}'],
  ['aws-key', 'A', '(?:AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA)[A-Z0-9]{16}'],
  ['gcp-key', 'AIza', 'AIza[\\w-]{35}'],
  ['gcp-token', 'ya29.', 'ya29\\.[\\w.-]{20,}'],
  ['gcp-secret', 'GOCSPX-', 'GOCSPX-[\\w-]{24,40}'],
  ['gcp-token', '1//0', '1//0[\\w-]{30,}'],
  ['azure-secret', '8Q~', '[\\w~.]{3}8Q~[\\w~.-]{31,40}'],
  ['slack-token', 'xox', 'xox[abeoprs](?:\\.xox[bp])?-[A-Za-z0-9-]{10,}'],
  ['slack-token', 'xapp-', 'xapp-\\d-[A-Za-z0-9-]{20,}'],
  ['discord-token', '.', '[MNO][A-Za-z0-9_-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,45}'],
  ['telegram-token', ':AA', '\\d{8,10}:AA[\\w-]{32,34}'],
  ['stripe-key', 'k_', '(?:sk|rk)_(?:live|test)_[0-9A-Za-z]{10,}'],
  ['stripe-key', 'whsec_', 'whsec_[A-Za-z0-9+/]{20,100}'],
  ['square-token', 'sq0', 'sq0[a-z]{3}-[\\w-]{22,60}'],
  ['braintree-token', 'access_token$', 'access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}'],
  ['shopify-token', 'shp', 'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}'],
  ['npm-token', 'npm_', 'npm_[A-Za-z0-9]{30,60}'],
  ['pypi-token', 'pypi-', 'pypi-[\\w-]{40,}'],
  ['rubygems-token', 'rubygems_', 'rubygems_[a-f0-9]{48}'],
  ['crates-token', 'cio', 'cio[A-Za-z0-9]{32}'],
  ['docker-token', 'dckr_', 'dckr_(?:pat|oat)_[\\w-]{20,60}'],
  ['huggingface-token', 'hf_', 'hf_[A-Za-z0-9]{30,60}'],
  ['ai-key', 'sk-', 'sk-(?:proj|svcacct|admin|ant|or|lf)-[\\w-]{20,}'],
  ['ai-key', 'sk-', 'sk-(?=[A-Za-z0-9]*\\d)[A-Za-z0-9]{32,64}'],
  ['ai-key', '_', '(?:gsk|r8)_[A-Za-z0-9]{32,60}'],
  ['ai-key', '-', '(?:xai|pplx)-[A-Za-z0-9]{40,100}'],
  ['sendgrid-key', 'SG.', 'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}'],
  ['mailgun-key', 'key-', 'key-[0-9a-f]{32}'],
  ['mailchimp-key', '-us', '[0-9a-f]{32}-us\\d{1,2}'],
  ['twilio-key', 'SK', 'SK[0-9a-f]{32}'],
  ['digitalocean-token', '_v1_', 'do[opr]_v1_[a-f0-9]{64}'],
  ['heroku-key', 'HRKU-', 'HRKU-[\\w-]{30,70}'],
  ['linear-key', 'lin_', 'lin_(?:api|oauth)_[A-Za-z0-9]{32,64}'],
  ['notion-token', 'ntn_', 'ntn_[A-Za-z0-9]{40,60}'],
  ['notion-token', 'secret_', 'secret_[A-Za-z0-9]{43}'],
  ['figma-token', 'figd_', 'figd_[\\w-]{30,60}'],
  ['airtable-token', 'pat', 'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}'],
  ['databricks-token', 'dapi', 'dapi[a-f0-9]{32}(?:-\\d)?'],
  ['doppler-token', 'dp.', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{30,80}'],
  ['vault-token', 'hv', 'hv[sbr]\\.[\\w-]{20,}'],
  ['terraform-token', '.atlasv1.', '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w=-]{60,80}'],
  ['pulumi-token', 'pul-', 'pul-[a-f0-9]{40}'],
  ['grafana-token', 'gl', 'gl(?:c_[A-Za-z0-9+/]{32,}={0,2}|sa_[A-Za-z0-9]{32}_[a-f0-9]{8})'],
  ['newrelic-key', 'NR', 'NR(?:AK|II|RA|JS)-[A-Za-z0-9_-]{20,60}'],
  ['sentry-token', 'sntry', 'sntry[su]_[A-Za-z0-9_=+/-]{40,}'],
  ['postman-key', 'PMAK-', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}'],
  ['planetscale-token', 'pscale_', 'pscale_(?:tkn|pw|oauth)_[\\w.-]{30,80}'],
  ['supabase-key', 'sb', '(?:sbp_[a-f0-9]{40}|sb_secret_[\\w-]{20,60})'],
  ['netlify-token', 'nfp_', 'nfp_[A-Za-z0-9]{30,50}'],
  ['fly-token', 'f', '(?:fo1|fm[12][ar]?)_[A-Za-z0-9_+/=,-]{20,}'],
  ['tailscale-key', 'tskey-', 'tskey-[a-z]+-[\\w-]{10,80}'],
  ['age-key', 'AGE-SECRET-KEY-', 'AGE-SECRET-KEY-1[0-9A-Z]{50,64}'],
  ['onepassword-token', 'ops_', 'ops_eyJ[\\w-]{50,}'],
  ['artifactory-token', 'AKCp', 'AKCp[A-Za-z0-9]{10,100}'],
  ['facebook-token', 'EAA', 'EAA[A-Za-z0-9]{60,}'],
  ['easypost-key', 'EZ', 'EZ[AT]K[a-f0-9]{54}'],
  // `none`: what begins like one. A later start in the same run would end like this one.
  ['jwt', 'eyJ', 'eyJ[\\w-]{8,}(?:\\.[\\w-]{4,}\\.[\\w-]*|(?<none>))'],
];

/** Secrets recognized by the text before them; the first group is the secret. */
const PARTS: readonly Row[] = [
  ['password-hash', '$', '(\\$(?:1|2[abxy]|5|6|7|y|apr1|argon2id?)\\$[./A-Za-z0-9$=,+]{20,})'],
  ['azure-key', 'AccountKey=', 'AccountKey=([A-Za-z0-9+/]{40,}={0,2})'],
  ['azure-key', 'SharedAccessKey=', 'SharedAccessKey=([A-Za-z0-9+/]{20,}={0,2})'],
  ['azure-signature', 'sig=', '[?&;]sig=([A-Za-z0-9%+/]{30,}={0,2})'],
  ['signature', 'X-Amz-Signature=', 'X-Amz-Signature=([0-9a-f]{40,})'],
  ['slack-webhook', 'hooks.slack.com', 'hooks\\.slack\\.com/(?:services|workflows)/([A-Za-z0-9/_]{20,})'],
  ['discord-webhook', '/api/webhooks/', '/api/webhooks/\\d{5,25}/([\\w-]{30,})'],
  ['teams-webhook', 'webhook.office.com', 'webhook\\.office\\.com/webhookb2/([\\w@/-]{40,})'],
  ['telegram-token', '/bot', '/bot(\\d{8,10}:[\\w-]{30,})'],
];

const makeFormats = (): readonly SecretFormat[] => [
  ...TOKENS.map(([kind, hint, source]) => ({
    kind,
    hint,
    pattern: new RegExp(`(?<![A-Za-z0-9_])${source}(?![A-Za-z0-9])`, 'dg'),
  })),
  ...PARTS.map(([kind, hint, source]) => ({ kind, hint, pattern: new RegExp(source, 'dgi'), group: 1 as const })),
];

let formats: readonly SecretFormat[] | null = null;

/** Compiled on first use. */
export const secretFormats = (): readonly SecretFormat[] => (formats ??= makeFormats());
