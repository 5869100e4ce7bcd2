/**
 * The formats of tokens that their issuers publish: prefix, alphabet, length and source. A row is
 * data: a new vendor is one line here, which `test/shell/secrets/vendor-formats.test.ts` tries.
 *
 * Only the shape of a token is listed, because a value is recognized by it anywhere in a command.
 * Vendors whose keys have no shape of their own are recognized by the name before the value
 * (`secret-names.ts`).
 */

/**
 * `prefix`: literal alternatives, separated by blanks. `body`: a regular expression for what
 * follows, with the alphabets of `ALPHABETS`; a bare alphabet and length such as `<hex>32` is that
 * many characters or more, masked to the last one. `source`: the rule or document with the format.
 *
 * A body MUST NOT repeat without a bound before something that can fail, unless an alternative
 * `(?<none>)` catches the failure, so that no text is read twice.
 */
export type VendorFormat = readonly [kind: string, prefix: string, body: string, source: string];

/** Alphabets of the bodies. */
export const ALPHABETS: Readonly<Record<string, string>> = {
  hex: '[a-f0-9]',
  Hex: '[A-Fa-f0-9]',
  low: '[a-z0-9]',
  up: '[A-Z0-9]',
  an: '[A-Za-z0-9]',
  url: '[\\w-]',
  b64: '[A-Za-z0-9+/]',
  any: '[\\w.=+/-]',
  uuid: '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
};

export const VENDOR_FORMATS: readonly VendorFormat[] = [
  // Source code and continuous integration
  ['github-token', 'ghp_ gho_ ghu_ ghr_', '<an>30', 'gitleaks github-pat, github-oauth'],
  ['github-token', 'ghs_', '[\\w.-]{30,}', 'gitleaks github-app-token'],
  ['github-token', 'github_pat_', '<url>22', 'gitleaks github-fine-grained-pat'],
  [
    'gitlab-token',
    'glpat- glptt- gldt- glrt- glrtr- glcbt- gloas- glagent- glsoat- glft- glimt- glffct- glwt-',
    '<any>20',
    'GitLab docs, token overview',
  ],
  ['gitlab-token', 'GR1348941', '<url>20', 'gitleaks gitlab-rrt'],
  ['bitbucket-token', 'ATBB', '<an>28', 'trufflehog bitbucketapppassword'],
  ['atlassian-token', 'ATATT3 ATCTT3 ATSTT3', '[\\w=-]{40,}', 'gitleaks atlassian-api-token'],
  ['trello-token', 'ATTA', '<hex>60', 'GitHub secret scanning, trello'],
  ['sourcegraph-token', 'sgp_', '(?:(?:<hex>{16}|local)_)?<hex>40', 'gitleaks sourcegraph-access-token'],
  ['sourcegraph-token', 'slk_', '<hex>64', 'trufflehog sourcegraphcody'],
  ['circleci-token', 'CCIPAT_ CCIPRJ_', '<url>30', 'CircleCI docs'],
  ['buildkite-token', 'bkua_ bkaj_ bkpi_', '<an>30', 'GitHub secret scanning, buildkite'],
  ['sonar-token', 'sqp_ squ_ sqa_ sqb_', '<hex>40', 'SonarQube docs'],
  ['octopus-key', 'API-', '<up>26', 'gitleaks octopus-deploy-api-key'],
  ['harness-token', 'pat. sat.', '<url>{22}\\.<an>{24}\\.<an>20', 'gitleaks harness-api-key'],
  ['snyk-token', 'snyk_uat. snyk_sat.', '<low>{8}\\.<url>20', 'Snyk docs'],
  ['postman-key', 'PMAK-', '<url>40', 'gitleaks postman-api-token'],
  ['clojars-token', 'CLOJARS_ clojars_', '<an>60', 'gitleaks clojars-api-token'],
  ['readme-key', 'rdme_', '<low>70', 'gitleaks readme-api-token'],
  ['wakatime-key', 'waka_', '<uuid>', 'WakaTime docs'],
  // Package registries
  ['npm-token', 'npm_', '<an>30', 'gitleaks npm-access-token'],
  ['pypi-token', 'pypi-', '<url>40', 'gitleaks pypi-upload-token'],
  ['rubygems-token', 'rubygems_', '<hex>48', 'gitleaks rubygems-api-token'],
  ['crates-token', 'cio', '<an>{32}(?!<an>)', 'trufflehog cratesio'],
  ['nuget-key', 'oy2', '<low>{43}(?!<an>)', 'trufflehog nugetapikey'],
  ['docker-token', 'dckr_pat_ dckr_oat_', '<url>20', 'Docker docs'],
  ['artifactory-token', 'AKCp', '<an>10', 'gitleaks artifactory-api-key'],
  ['artifactory-token', 'cmVmd', '<an>59', 'gitleaks artifactory-reference-token'],
  // Clouds and hosting
  ['aws-key', 'AKIA ASIA ABIA ACCA A3TX', '<up>{16}(?!<an>)', 'gitleaks aws-access-token'],
  ['aws-key', 'ABSK', '<b64>{80,}={0,2}', 'gitleaks aws-amazon-bedrock-api-key-long-lived'],
  ['aws-key', 'bedrock-api-key-', '<b64>{20,}={0,2}', 'gitleaks aws-amazon-bedrock-api-key-short-lived'],
  ['aws-secret', 'amzn1.oa2-cs.v1. amzn.mws.', '[a-f0-9-]{36,}', 'trufflehog amazon oauth'],
  ['alibaba-key', 'LTAI', '<an>{12,}', 'gitleaks alibaba-access-key-id'],
  ['tencent-key', 'AKID', '<an>{28,}', 'GitHub secret scanning, tencent'],
  ['gcp-key', 'AIza', '<url>35', 'gitleaks gcp-api-key'],
  ['gcp-token', 'ya29.', '[\\w.-]{20,}', 'trufflehog gcp oauth2'],
  ['gcp-secret', 'GOCSPX-', '<url>24', 'trufflehog googleoauth2'],
  ['gcp-token', '1//0', '<url>30', 'Google OAuth refresh token'],
  ['digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', '<hex>64', 'gitleaks digitalocean-pat'],
  ['heroku-key', 'HRKU-', '<url>30', 'gitleaks heroku-api-key-v2'],
  ['netlify-token', 'nfp_ nfc_ nfo_ nfb_ nfu_', '<an>30', 'GitHub secret scanning, netlify'],
  ['vercel-token', 'vcp_ vci_ vca_ vcr_ vck_', '<an>56', 'GitHub secret scanning, vercel'],
  ['vercel-token', 'vercel_blob_rw_', '<an>{16}_<an>30', 'Vercel docs, Blob'],
  ['neon-key', 'napi_', '<low>60', 'GitHub secret scanning, neon'],
  ['aiven-password', 'AVNS_', '<url>18', 'GitHub secret scanning, aiven'],
  ['aiven-token', 'aivenv1', '<b64>{200,}={0,2}', 'Aiven docs'],
  ['mongodb-secret', 'mdb_sa_sk_', '<url>38', 'GitHub secret scanning, mongodb'],
  ['upcloud-token', 'ucat_', '<up>26', 'UpCloud docs'],
  ['pinecone-key', 'pckey_', '<url>40', 'trufflehog pinecone'],
  ['xata-key', 'xau_', '<an>30', 'Xata docs'],
  ['runpod-key', 'rpa_', '<up>38', 'RunPod docs'],
  ['trigger-key', 'tr_dev_ tr_prod_ tr_stg_ tr_pat_', '<an>20', 'Trigger.dev docs'],
  ['zuplo-key', 'zpka_', '<hex>{32}_<hex>8', 'GitHub secret scanning, zuplo'],
  ['render-key', 'rnd_', '<an>28', 'Render docs'],
  ['supabase-key', 'sbp_ sbp_v0_', '<hex>40', 'GitHub secret scanning, supabase'],
  ['supabase-key', 'sb_secret_', '<url>20', 'Supabase docs'],
  ['fly-token', 'fo1_', '<url>20', 'gitleaks flyio-access-token'],
  ['fly-token', 'fm1a_ fm1r_ fm2_', '[\\w+/=,-]{20,}', 'gitleaks flyio-access-token'],
  ['scalingo-token', 'tk-us-', '<url>40', 'gitleaks scalingo-api-token'],
  ['cloudflare-token', 'cfut_ cfat_ cfk_', '<an>40', 'Cloudflare docs, token formats'],
  ['cloudflare-key', 'v1.0-', '<hex>{24}-<hex>100', 'gitleaks cloudflare-origin-ca-key'],
  ['backblaze-key', 'K00', '\\d<b64>{27}(?![\\w+/])', 'Backblaze docs'],
  ['yandex-token', 't1.', '<url>{1,400}={0,2}\\.<url>{80,}={0,2}', 'gitleaks yandex-access-token'],
  ['yandex-key', 'AQVN', '<url>35', 'gitleaks yandex-api-key'],
  ['yandex-key', 'YC', '<url>{38}(?!<url>)', 'gitleaks yandex-aws-access-token'],
  ['yandex-token', 'y0_', '<url>40', 'Yandex OAuth docs'],
  ['databricks-token', 'dapi', '<hex>{32}(?:-\\d)?', 'gitleaks databricks-api-token'],
  ['clickhouse-key', '4b1d', '<an>{38}(?!<an>)', 'gitleaks clickhouse-cloud-api-secret-key'],
  ['planetscale-token', 'pscale_tkn_ pscale_pw_ pscale_oauth_ pscale_api_', '[\\w.=-]{30,}', 'gitleaks planetscale-*'],
  ['cockroach-key', 'CCDB1_', '[\\w.-]{30,}', 'CockroachDB docs'],
  // Secrets, keys and networks
  ['vault-token', 'hvs. hvb. hvr.', '<url>20', 'gitleaks vault-service-token'],
  ['vault-token', 's. b. r.', '(?=<an>{0,23}\\d)<an>{24}(?![\\w.])', 'gitleaks vault-service-token, before 1.10'],
  ['doppler-token', 'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', '[\\w.-]{30,}', 'gitleaks doppler-api-token'],
  ['pulumi-token', 'pul-', '<hex>40', 'gitleaks pulumi-api-token'],
  ['infracost-key', 'ico-', '<an>32', 'gitleaks infracost-api-token'],
  ['prefect-key', 'pnu_ pnb_', '<an>36', 'gitleaks prefect-api-token'],
  ['tailscale-key', 'tskey-', '<url>10', 'Tailscale docs'],
  ['defined-key', 'dnkey-', '[\\w=-]{50,}', 'gitleaks defined-networking-api-token'],
  ['age-key', 'AGE-SECRET-KEY-1 AGE-SECRET-KEY-PQ-1', '<up>50', 'gitleaks age-secret-key'],
  ['onepassword-token', 'ops_eyJ', '<any>50', 'gitleaks 1password-service-account-token'],
  [
    'onepassword-key',
    'A3-',
    '<up>{6}-(?:<up>{11}|<up>{6}-<up>{5})-<up>{5}-<up>{5}-<up>{5}',
    'gitleaks 1password-secret-key',
  ],
  ['openshift-token', 'sha256~', '<url>40', 'gitleaks openshift-user-token'],
  ['swarm-token', 'SWMTKN-', '<url>40', 'Docker docs, swarm join-token'],
  ['k3s-token', 'K10', '<hex>{16,}(?:::[\\w:.-]+|(?<none>))', 'K3s docs, token'],
  [
    'authress-key',
    'sc_ ext_ scauth_ authress_',
    '<an>{5,30}\\.<an>{4,6}\\.acc[_-][\\w-]{10,32}\\.<any>30',
    'gitleaks authress',
  ],
  ['intra42-secret', 's-s4t2ud- s-s4t2af-', '<hex>64', 'gitleaks intra42-client-secret'],
  ['settlemint-token', 'sm_aat_ sm_pat_ sm_sat_', '<an>16', 'gitleaks settlemint-*'],
  ['adobe-secret', 'p8e-', '<an>32', 'gitleaks adobe-client-secret'],
  // Monitoring
  ['grafana-token', 'glc_', '<b64>{32,}={0,2}', 'gitleaks grafana-cloud-api-token'],
  ['grafana-token', 'glsa_', '<an>{32}_<Hex>8', 'gitleaks grafana-service-account-token'],
  ['grafana-token', 'eyJrIjoi', '<b64>{60,}={0,3}', 'gitleaks grafana-api-key'],
  ['newrelic-key', 'NRAK- NRII- NRIQ- NRJS- NRRA- NRSP-', '<url>16', 'gitleaks new-relic-*'],
  ['sentry-token', 'sntrys_ sntryu_', '<any>40', 'gitleaks sentry-org-token'],
  ['dynatrace-token', 'dt0c01. dt0s01. dt0s16.', '<an>{24}\\.<an>64', 'gitleaks dynatrace-api-token'],
  ['axiom-token', 'xaat- xapt-', '<uuid>', 'Axiom docs'],
  ['honeycomb-key', 'hcaik_ hcbik_ hcamk_ hcxik_', '<low>58', 'GitHub secret scanning, honeycomb'],
  ['logfire-token', 'pylf_v1_', '<any>30', 'GitHub secret scanning, logfire'],
  ['launchdarkly-key', 'sdk- api- mob-', '<uuid>', 'LaunchDarkly docs'],
  ['posthog-key', 'phx_', '<url>40', 'PostHog docs'],
  // Messages and mail
  [
    'slack-token',
    'xoxa- xoxb- xoxc- xoxd- xoxe- xoxo- xoxp- xoxr- xoxs- xoxe.xoxb- xoxe.xoxp-',
    '[\\w%-]{10,}',
    'gitleaks slack-*',
  ],
  ['slack-token', 'xapp-', '\\d-<url>20', 'gitleaks slack-app-token'],
  ['sendgrid-key', 'SG.', '[\\w=.-]{32,}', 'gitleaks sendgrid-api-token'],
  ['sendinblue-key', 'xkeysib- xsmtpsib-', '<url>40', 'gitleaks sendinblue-api-token'],
  ['mailgun-key', 'key- pubkey-', '<hex>{32}(?!<an>)', 'gitleaks mailgun-*'],
  ['twilio-key', 'SK', '<Hex>{32}(?!<an>)', 'gitleaks twilio-api-key'],
  ['resend-key', 're_', '<an>{8}_<an>24', 'trufflehog resend'],
  ['nylas-key', 'nyk_v0_', '<an>60', 'Nylas docs'],
  ['typeform-token', 'tfp_', '[\\w.=-]{40,}', 'gitleaks typeform-api-token'],
  ['hubspot-token', 'pat-na1- pat-na2- pat-eu1- pat-ap1-', '<uuid>', 'trufflehog hubspot'],
  // Payment and commerce
  ['stripe-key', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_', '<an>10', 'gitleaks stripe-access-token'],
  ['stripe-key', 'whsec_', '[\\w+/=]{20,}', 'Stripe docs'],
  ['square-token', 'sq0atp- sq0csp- sq0idp- EAAA', '<url>22', 'gitleaks square-access-token'],
  ['braintree-token', 'access_token$production$ access_token$sandbox$', '<low>{16}\\$<hex>32', 'trufflehog braintree'],
  ['shopify-token', 'shpat_ shpca_ shppa_ shpss_ shpua_', '<Hex>32', 'gitleaks shopify-*'],
  ['shippo-token', 'shippo_live_ shippo_test_', '<Hex>40', 'gitleaks shippo-api-token'],
  ['easypost-key', 'EZAK EZTK', '<an>54', 'gitleaks easypost-api-token'],
  ['duffel-token', 'duffel_live_ duffel_test_', '[\\w=-]{43,}', 'gitleaks duffel-api-token'],
  ['flutterwave-key', 'FLWSECK_TEST- FLWSECK- FLWPUBK_TEST- FLWPUBK-', '<url>12', 'gitleaks flutterwave-*'],
  ['payment-key', 'live_ test_', '(?:pub_)?<hex>{31,36}(?!<an>)', 'gitleaks lob-api-key'],
  ['payment-key', 'live_', '(?=[\\w=-]{0,39}\\d)[\\w=-]{40,}', 'gitleaks gocardless-api-token'],
  ['paddle-key', 'pdl_live_apikey_ pdl_sdbx_apikey_', '<any>40', 'GitHub secret scanning, paddle'],
  ['polar-token', 'polar_oat_ polar_pat_', '<an>40', 'GitHub secret scanning, polar'],
  ['plaid-token', 'access-sandbox- access-development- access-production-', '<uuid>', 'gitleaks plaid-api-token'],
  // Artificial intelligence
  ['ai-key', 'sk-proj- sk-svcacct- sk-admin- sk-ant- sk-or- sk-lf- sk-None-', '<url>20', 'gitleaks openai, anthropic'],
  ['ai-key', 'sk-', '(?=<an>{0,63}\\d)<an>32', 'gitleaks openai-api-key'],
  ['ai-key', 'sk_', '<hex>{48}(?!<an>)', 'ElevenLabs, GitHub secret scanning'],
  ['ai-key', 'key_', '<hex>{64}(?!<an>)', 'Cursor docs'],
  ['ai-key', 'fc- e2b_', '<hex>{32}(?:<hex>{8})?(?!<an>)', 'Firecrawl and E2B docs'],
  ['ai-key', 'pa-', '<url>{43}(?!<url>)', 'trufflehog voyage'],
  ['ai-key', 'BSA', '<url>{28}(?!<url>)', 'Brave Search docs'],
  ['ai-key', 'wandb_v1_ hf_oauth_', '<any>30', 'GitHub secret scanning'],
  ['ai-key', 'gsk_ r8_ fw_ pcsk_ jina_ tgp_v1_ lsv2_pt_ lsv2_sk_', '<url>22', 'trufflehog groq, replicate, …'],
  ['ai-key', 'xai- pplx- nvapi- tvly- csk-', '<url>{30,}', 'gitleaks perplexity-api-key, trufflehog'],
  ['huggingface-token', 'hf_ api_org_', '<an>30', 'gitleaks huggingface-access-token'],
  // Work tools
  ['linear-key', 'lin_api_ lin_oauth_ lin_wh_', '<an>32', 'gitleaks linear-api-key'],
  ['notion-token', 'ntn_', '<an>40', 'gitleaks notion-api-token'],
  ['notion-token', 'secret_', '<an>{43}(?!<an>)', 'trufflehog notion'],
  ['apify-token', 'apify_api_', '<an>34', 'GitHub secret scanning, apify'],
  ['zapier-key', 'nla-', '<an>40', 'Zapier docs, natural language actions'],
  ['intercom-token', 'dG9rO', '<b64>{50,}={0,2}', 'GitHub secret scanning, intercom'],
  ['figma-token', 'figd_ figo_ figu_', '<url>30', 'trufflehog figmapersonalaccesstoken'],
  ['airtable-token', 'pat', '<an>{14}\\.<hex>64', 'gitleaks airtable-personnal-access-token'],
  ['asana-token', '0/ 1/ 2/', '\\d{16}(?:/\\d{16})?:<hex>32', 'Asana docs'],
  ['frameio-token', 'fio-u-', '[\\w=-]{50,}', 'gitleaks frameio-api-token'],
  ['contentful-token', 'CFPAT-', '<url>40', 'trufflehog contentfulpersonalaccesstoken'],
  ['dropbox-token', 'sl.', '[\\w=.-]{100,}', 'gitleaks dropbox-short-lived-api-token'],
  ['mapbox-token', 'sk.ey tk.ey', '[\\w.-]{40,}', 'Mapbox docs'],
  ['twitter-token', 'AAAAAAAAAAAAAAAAAAAAAA', '[\\w%]{60,}', 'gitleaks twitter-bearer-token'],
  ['facebook-token', 'EAA', '<an>60', 'gitleaks facebook-page-access-token'],
  ['riot-key', 'RGAPI-', '<uuid>', 'trufflehog riotgames'],
  // Signed and encoded
  ['jwt', 'eyJ', '<url>{8,}(?:(?:\\.[\\w-]{4,}){1,4}(?:\\.[\\w-]*)?={0,2}|(?<none>))', 'RFC 7519'],
  ['jwt', 'ey', '<an>{15,}(?:\\.ey[\\w/\\\\-]{10,}(?:\\.[\\w/\\\\-]*={0,2})?|(?<none>))', 'gitleaks jwt'],
  ['jwt', 'ZXlK', '<b64>{60,}={0,2}', 'gitleaks jwt-base64'],
];

/**
 * Formats with their mark inside: `mark` is searched, `before` is matched backwards from it and
 * `after` from it on. Both MUST have a bound where they can contain the mark.
 */
export type MarkedFormat = readonly [kind: string, mark: string, before: string, after: string, source: string];

export const MARKED_FORMATS: readonly MarkedFormat[] = [
  ['azure-secret', 'Q~', '[\\w~.]{3}\\d', '[\\w~.-]{31,60}', 'gitleaks azure-ad-client-secret'],
  ['azure-key', 'AZDO', '<an>{70,84}', '<an>{4,8}', 'Microsoft, identifiable keys'],
  ['azure-key', '+ASt', '<b64>{70,90}', '<b64>{4,8}={0,2}', 'Microsoft, identifiable keys'],
  ['azure-key', 'ACDb', '<b64>{70,90}', '<b64>{4,8}={0,2}', 'Microsoft, identifiable keys'],
  ['terraform-token', '.atlasv1.', '<an>{14}', '[\\w=-]{60,}', 'gitleaks hashicorp-tf-api-token'],
  ['telegram-token', ':A', '\\d{5,16}', '[\\w-]{34,}', 'gitleaks telegram-bot-api-token'],
  ['facebook-token', '|', '\\d{15,16}', '[\\w-]{27,}', 'gitleaks facebook-access-token'],
  ['facebook-token', '%', '\\d{15,16}', '[\\w-]{27,}', 'gitleaks facebook-access-token'],
  ['mailchimp-key', '-us', '<hex>{32}', '\\d{1,2}(?!<an>)', 'gitleaks mailchimp-api-key'],
  ['maxmind-key', '_mmk', '<an>{6}_<an>{29}', '(?!<an>)', 'gitleaks maxmind-license-key'],
  ['newrelic-key', 'NRAL', '<Hex>{28,40}', '(?!<an>)', 'trufflehog newreliclicensekey'],
  ['discord-token', '.', '[MNO][\\w-]{23,27}', '[\\w-]{6}\\.[\\w-]{27,}', 'trufflehog discordbottoken'],
];
