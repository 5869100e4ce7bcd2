/** Catalogue lines for software development; ../catalogue.ts describes the format. */
export const DEVELOPMENT_TOOLS = `
@git
git [-C -c --git-dir --work-tree --namespace --exec-path --super-prefix --config-env --attr-source]: add am annotate apply archive bisect blame branch bundle cat-file check-attr check-ignore checkout cherry cherry-pick clean clone commit config credential describe diff diff-tree difftool fast-export fast-import fetch filter-branch filter-repo flow format-patch fsck gc grep gui hash-object help init instaweb lfs log ls-files ls-remote ls-tree maintenance merge merge-base mergetool mv notes prune pull push range-diff read-tree rebase reflog remote repack replace rerere reset restore rev-list rev-parse revert rm send-email shortlog show show-branch show-ref sparse-checkout stash status submodule subtree svn switch symbolic-ref tag update-index update-ref var verify-commit verify-tag version whatchanged worktree write-tree
gh [-R --repo --hostname]: alias api attestation auth browse cache codespace completion config copilot extension gist gpg-key issue label org pr project release repo ruleset run search secret ssh-key status variable workflow
glab [-R --repo]: alias api auth ci config incident issue label mr pipeline release repo schedule snippet ssh-key token user variable
hub: api browse ci-status clone compare create delete fork issue pr pull-request release sync
tea: issues login pulls releases repos
git-lfs: checkout clone env fetch install lock locks ls-files migrate prune pull push status track uninstall unlock untrack
lazygit gitui tig git-filter-repo bfg
pre-commit: autoupdate clean install run uninstall
delta
gitleaks: detect dir git protect stdin
@version-control
hg(mercurial) [-R --repository --cwd --config]: add annotate backout bisect bookmarks branch branches bundle cat clone commit config diff export forget graft grep heads histedit identify import incoming init log merge outgoing parents paths phase pull push rebase recover remove rename resolve revert rollback root serve shelve status strip summary tag tags update verify
svn [--username --password --config-dir]: add blame cat checkout cleanup commit copy delete diff export import info list lock log merge mkdir move propget propset resolve revert status switch unlock update
svnadmin: create dump load verify
jj [-R --repository]: abandon bookmark commit config describe diff edit git log new op rebase resolve restore show split squash status undo workspace
bzr: add branch commit diff log pull push status
fossil: add clone commit diff open push status sync timeline update
cvs: add checkout commit diff log update
p4: add changes client diff edit opened revert shelve submit sync
darcs pijul rcs
@node
node(nodejs)
npm [--prefix -C --registry --userconfig]: access adduser audit bin bugs cache ci completion config create dedupe deprecate diff dist-tag docs doctor edit exec explain explore find-dupes fund get help init install install-test link list login logout ls org outdated owner pack ping pkg prefix profile prune publish query rebuild repo restart root run search set shrinkwrap star start stop team test token uninstall unlink unpublish update version view whoami
npx
yarn [--cwd]: add audit bin cache config create dlx exec global info init install link list login logout node outdated pack publish remove run start tag test unlink unplug up upgrade version why workspace workspaces
pnpm [--dir -C --filter -F]: add approve-builds audit bin cat-file config create deploy dedupe dlx doctor env exec fetch import init install licenses link list outdated pack patch prune publish rebuild remove root run server setup start store test unlink update why
bun [--cwd]: add build create exec info init install link outdated patch pm publish remove repl run test unlink update upgrade why x
bunx
deno: add bench bundle cache check compile completions coverage doc eval fmt info init install jupyter lint lsp outdated publish remove repl run serve task test types uninstall upgrade vendor
nvm: alias current deactivate exec install ls ls-remote run uninstall use
fnm: current default install list use
volta: install list pin run
corepack: disable enable install prepare use
tsc tsx ts-node esbuild
vite: build dev optimize preview serve
webpack: build info serve watch
rollup
parcel: build serve watch
turbo: build gen link login prune run unlink
nx: affected build format generate graph lint list migrate reset run run-many serve show test
lerna: bootstrap changed clean exec init list publish run version
next: build dev lint start telemetry
nuxt: build dev generate preview
ng: add build config deploy e2e generate lint new serve test update
vue: add build create inspect serve ui
gulp grunt nodemon
pm2: delete describe flush kill list logs monit reload restart resurrect save start startup status stop update
prettier eslint
biome: check ci format init lint migrate
standard stylelint npm-check npm-check-updates(ncu) http-server serve
playwright: codegen install open show-report show-trace test
cypress: install open run verify
electron
expo: build install login prebuild publish run start
prisma: db format generate init migrate studio validate
webtorrent
@python
python(py,pypy)
pip [--proxy --log --cert]: cache check completion config debug download freeze hash help index inspect install list search show uninstall wheel
pipx: completions ensurepath environment inject install list reinstall run uninstall upgrade
uv [--directory --project]: add auth build cache export help init lock pip publish python remove run self sync tool tree venv version
uvx
poetry [-C --directory]: about add build cache check config debug env export init install list lock new publish remove run search self shell show source sync update version
pdm: add build cache config info init install list lock publish remove run show sync update use venv
hatch: build clean config dep env fmt new publish run shell test version
rye: add build init install list lock pin publish remove run show sync toolchain
pipenv: check clean graph install lock open requirements run shell sync uninstall update
conda: activate build clean compare config create deactivate doctor env export info init install list package remove rename run search uninstall update upgrade
mamba: activate create env info install list remove search update
micromamba: activate create env install list remove run update
virtualenv venv
pyenv: commands exec global init install local prefix rehash root shell uninstall update version versions virtualenv whence which
pytest(py.test) tox nox
ruff: analyze check clean config format linter rule server version
black isort flake8 pylint pycodestyle mypy pyright bandit
coverage: annotate combine debug erase html json lcov report run xml
ipython
jupyter: console kernel kernelspec lab labextension nbconvert notebook run server
jupyter-lab
django-admin: check createsuperuser dbshell flush loaddata makemigrations migrate runserver shell startapp startproject test
flask: db routes run shell
gunicorn uvicorn
celery: beat call control events inspect purge report result shell status worker
alembic: branches current downgrade heads history init merge revision stamp upgrade
twine: check register upload
cookiecutter pdoc sphinx-build
mkdocs: build gh-deploy new serve
airflow: config connections dags db info pools scheduler standalone tasks users variables webserver
dbt: build clean compile debug deps docs init list run seed snapshot source test
scrapy: bench check crawl edit fetch genspider list parse runspider settings shell startproject version view
streamlit: cache config hello run
2to3
@rust
cargo [-C --config]: add audit bench binstall build check clean clippy config deny doc expand fetch fix fmt generate generate-lockfile help info init install login logout metadata miri msrv new nextest outdated owner package pkgid publish remove report run rustc rustdoc search test tree uninstall update vendor verify-project version watch yank
rustc
rustup [--toolchain]: check completions component default doc help install man override run self set show target toolchain uninstall update which
rustfmt rust-analyzer rustdoc
wasm-pack: build new pack publish test
trunk: build clean config serve watch
sccache
@go
go [-C]: bug build clean doc env fix fmt generate get help install list mod run telemetry test tool version vet work
gofmt goimports
golangci-lint: cache config fmt linters run version
gopls staticcheck
dlv: attach connect core debug exec test trace version
goreleaser: build check healthcheck init release
air
buf: beta breaking build format generate lint mod push
protoc
@java
java javac jar jshell jps jstack jmap jcmd jstat javap keytool jarsigner
mvn(mvnw,mvnd): archetype:generate clean compile dependency:analyze dependency:get dependency:resolve dependency:tree deploy exec:java help:effective-pom install package site spring-boot:run test validate verify versions:set wrapper:wrapper
gradle(gradlew): assemble bootRun build check clean dependencies dependencyInsight help init jar projects properties publish run tasks test wrapper
ant
sbt: assembly clean compile console package publish reload run test update
scala scalac
scala-cli: compile fmt package publish repl run test
kotlin kotlinc groovy
lein: clean compile deps new repl run test uberjar
clojure(clj)
sdk: current default env flush home install list selfupdate uninstall upgrade use version
jbang: alias app catalog edit init run template
spring: init run shell
@ruby
ruby irb
gem: build check cleanup contents dependency environment fetch help info install list outdated owner pristine push query search server sources specification uninstall unpack update which yank
bundle(bundler): add audit binstubs cache check clean config console doctor exec info init install list lock open outdated platform remove show update viz
rails: console db:create db:drop db:migrate db:reset db:rollback db:seed db:setup destroy generate new routes runner server test
rake: assets:precompile db:create db:drop db:migrate db:reset db:rollback db:schema:load db:seed db:setup routes spec test
rspec rubocop
rbenv: exec global init install local rehash shell uninstall version versions which
rvm: get gemset install list remove use
jekyll: build clean doctor new serve
pod: cache deintegrate init install lib outdated repo search setup spec trunk update
fastlane: action actions add_plugin init lanes match run
vagrant: box cloud connect destroy global-status halt help init login package plugin port powershell provision reload resume share snapshot ssh ssh-config status suspend up upload validate version
foreman: check run start
puma sidekiq
@php
php
composer [-d --working-dir]: about archive audit browse bump check-platform-reqs clear-cache config create-project depends diagnose dump-autoload exec fund global home init install licenses list outdated prohibits reinstall remove require run-script search self-update show status suggests update validate
artisan: db:seed db:wipe key:generate make:controller make:migration make:model migrate migrate:fresh migrate:refresh migrate:reset migrate:rollback queue:work route:list serve tinker
phpunit
phpstan: analyse clear-result-cache diagnose
psalm
drush: cache-rebuild config:export config:import cron site:install sql:cli sql:drop sql:dump status updatedb
wp: cache cli config core cron db export import media option plugin post search-replace site theme user
symfony: check console new server serve
laravel: new
phpcs
php-cs-fixer: check fix
@dotnet
dotnet: add build build-server clean dev-certs ef format help list msbuild new nuget pack package publish reference remove restore run sdk sln store test tool user-secrets vstest watch workload
nuget: add config delete init install list locals pack push restore search sources update
msbuild csc csharp mono fsharpi pwsh(powershell) cmd netsh vssadmin wbadmin diskpart
@languages
perl cpan cpanm raku lua luajit
luarocks: build install list make pack path remove search show upload
r(R,Rscript) julia elixir
mix: app.start archive compile deps.clean deps.get deps.update do ecto.create ecto.drop ecto.migrate ecto.reset format help hex.publish new phx.new phx.server release run test
iex erl
rebar3: compile ct dialyzer eunit get-deps new release shell
ghc ghci
cabal: build check clean configure exec freeze get haddock info init install list list-bin outdated repl run sdist test update upload
stack: build clean config exec ghci haddock init install list new path purge run setup test uninstall update upgrade
ocaml
opam: config env exec init install list pin reinstall remove repository search show switch uninstall update upgrade
dune: build clean exec fmt init install promote runtest test utop
nim
nimble: build install list refresh search test uninstall
zig: ast-check build build-exe build-lib build-obj cc c++ env fetch fmt init init-exe run std targets test translate-c version zen
crystal: build docs env eval init play run spec tool
swift: build package repl run test
swiftc
swiftlint: analyze autocorrect lint rules
dart: analyze compile create devtools doc fix format info pub run test
flutter: analyze assemble attach bash-completion build channel clean config create custom-devices devices doctor downgrade drive emulators gen-l10n install logs precache pub run screenshot symbolize test upgrade
tclsh wish expect guile racket sbcl clisp octave gnuplot dc bc coffee haxe v vala
gleam: add build check clean deps format new run test
@build
make(gmake): all build check clean distclean docs help install lint run test
cmake ctest cpack
meson: compile configure devenv dist init install introspect setup subprojects test wrap
ninja
bazel(bazelisk): aquery build clean coverage cquery fetch info mod query run shutdown sync test version
buck(buck2): audit build clean query run targets test
pants scons autoconf automake autoreconf configure libtool pkg-config ccache distcc just task earthly
xmake: build clean config install run test
conan: config create export graph install list new profile remote remove search upload
vcpkg: install integrate list new remove search update upgrade
gcc g++ clang clang++ clang-format clang-tidy cc c++ ld ar as nm objdump objcopy readelf size strip ranlib addr2line
c++filt gdb lldb valgrind strace ltrace
perf: annotate bench c2c diff list lock mem record report sched script stat top trace
bpftrace gprof gcov cppcheck ctags cscope bison flex yacc swig patchelf hyperfine shellcheck shfmt hadolint yamllint
markdownlint jsonlint sonar-scanner
semgrep: ci login scan
snyk: auth code container iac monitor test
trivy: config filesystem fs image k8s repo repository rootfs sbom server vm
pandoc doxygen xcodebuild xcrun xcode-select
@editors
vim(vi,gvim,view,vimdiff,rvim,ex) nvim nano(pico,rnano) emacs emacsclient micro helix(hx) kak joe ed(red)
code(code-insiders,codium): tunnel serve-web
cursor subl zed gedit kate mousepad notepad idea pycharm webstorm
@test
jest
vitest: bench run watch
mocha ava karma jasmine tap bats
k6: archive cloud run version
locust ab wrk hey
vegeta: attack encode plot report
artillery: quick report run
newman: run
robot behave cucumber lighthouse
stryker: init run
act
@ai
ollama: cp create list ls ps pull push rm run serve show stop
claude: config doctor mcp update
codex: exec login logout
gemini aider
llm: chat keys logs models prompt
huggingface-cli(hf): delete-cache download env login logout repo scan-cache upload whoami
nvidia-smi tensorboard
mlflow: artifacts experiments models run runs server ui
wandb: agent init login offline online sync
dvc: add checkout commit diff exp fetch gc get import init list metrics move params plots pull push remote remove repro run stage status
torchrun
accelerate: config env launch test
`;
