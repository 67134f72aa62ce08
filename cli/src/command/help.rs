//! Texts of `--help`; examples come first.

pub(super) const TEMPLATE: &str = "\
{about}

{before-help}{usage-heading} {usage}

{all-args}{after-help}";

pub(super) const OVERVIEW: &str = "\
Examples:
  cargo b2c-init new demo --run --open   a new app, signed in within minutes, offline
  cargo b2c-init new demo                the files only
  cargo b2c-init add --wire              sign people in to the crate in this directory
  cargo b2c-init run -C demo             an app generated before, beside the emulator
  cargo b2c-init tenant set contoso --client-id …   … with your own tenant
  cargo b2c-init register                … and its app registration, made for you
  cargo b2c-init update                  bring an edited project to this version's template
  cargo b2c-init import app_config.py    what another app is configured with
  cargo b2c-init migrate --to external-id   what a move from B2C takes, and both side by side
  cargo b2c-init undo                    take back what the last command wrote
  cargo b2c-init doctor                  what is wrong with a project, and the fix
  cargo b2c-init explain AADB2C90118     what a provider's error means, and what to do
  cargo b2c-init emulator                the emulator alone; --help says what else it does";

pub(super) const NEW: &str = "\
Examples:
  cargo b2c-init new demo                    write demo/ and say what comes next
  cargo b2c-init new demo --run --open       … build it, run it offline, open the browser
  cargo b2c-init new                         ask what it is to be, on a terminal
  cargo b2c-init new demo --port 8080 -n     show what would be written
  cargo b2c-init new demo --store redis --deploy compose,kubernetes --ci github
  cargo b2c-init new shop --template bff --kind external-id --store redis
  cargo b2c-init new orders --template api --kind entra";

pub(super) const ADD: &str = "\
Examples:
  cargo b2c-init add                     dependency, settings, src/auth.rs; says how to wire it in
  cargo b2c-init add --wire --diff       show it with the wiring written in, and write nothing
  cargo b2c-init add -p web --tenant contoso --client-id 00001111-aaaa-2222-bbbb-3333cccc4444

The crate serves with axum 0.8, tonic 0.14, hyper 1 or later. cargo check builds it before
and after: if it no longer does, everything is as it was.";

pub(super) const RUN: &str = "\
Examples:
  cargo b2c-init run                     the project in this directory
  cargo b2c-init run -C demo --open      another one; open the browser
  cargo b2c-init run --port 8080         on another port, this time only";

pub(super) const IMPORT: &str = "\
Examples:
  cargo b2c-init import app_config.py .env            say what they have, and where it stands
  cargo b2c-init import appsettings.json --into demo  … write it into demo as a profile
  cargo b2c-init import authConfig.js --into demo --profile staging --diff

It reads app_config.py and .env of the Python samples, .env, authConfig.js and config.js of
those for Node.js, appsettings.json and appsettings.Development.json over it, application.yml
and application.properties of Spring, oauth2-proxy.cfg and its YAML configuration.";

pub(super) const REGISTER: &str = "\
Examples:
  cargo b2c-init register --dry-run       show what would be sent, and send none of it
  cargo b2c-init register                 register the app of the profile for your tenant
  cargo b2c-init register --print > register.sh    … or write a script for the Azure CLI

The token is that of B2C_INIT_GRAPH_TOKEN, else the Azure CLI's (az login). It needs the permissions
Application.ReadWrite.All, DelegatedPermissionGrant.ReadWrite.All and, for the user flows of B2C,
IdentityUserFlow.ReadWrite.All.";

pub(super) const MIGRATE: &str = "\
Examples:
  cargo b2c-init migrate --to external-id     what the app uses of B2C, and what becomes of it
  cargo b2c-init migrate --to external-id --tenant fabrikam --client-id … --side-by-side
  cargo b2c-init migrate --to external-id --side-by-side --percent 10 --email-domain contoso.com
  cargo b2c-init migrate --to external-id --finish

Without --side-by-side the new tenant takes the place of the old one at once.";

pub(super) const UNDO: &str = "\
Examples:
  cargo b2c-init undo            take back what the last command wrote
  cargo b2c-init undo --diff     show it first, and write nothing";

pub(super) const TENANT: &str = "\
Examples:
  cargo b2c-init tenant set contoso --client-id 00001111-aaaa-2222-bbbb-3333cccc4444 \\
      --sign-up-sign-in B2C_1_susi --edit-profile none --client-secret-stdin
  cargo b2c-init tenant add staging --kind external-id --tenant fabrikam --client-id …
  cargo b2c-init tenant use staging";

pub(super) const TENANT_SET: &str = "\
Examples:
  cargo b2c-init tenant set contoso --client-id 00001111-aaaa-2222-bbbb-3333cccc4444
  cargo b2c-init tenant set --instance https://login.contoso.com --diff
  cargo b2c-init tenant set --kind external-id --tenant fabrikam --profile prod
  cargo b2c-init tenant set --client-secret-stdin --client-secret-expires 2027-01-31 < secret.txt
  cargo b2c-init tenant set --provider external-id --client-id …";

pub(super) const TENANT_ADD: &str = "\
Examples:
  cargo b2c-init tenant add staging --tenant contosostaging --client-id … --sign-up-sign-in B2C_1_susi
  cargo b2c-init tenant add partner --kind oidc --issuer https://id.example.com --client-id …";

pub(super) const UPDATE: &str = "\
Examples:
  cargo b2c-init update              merge what this version's template has new; your edits stay
  cargo b2c-init update --diff       show it first, and write nothing
  cargo b2c-init update --deploy kubernetes    … and add files to run it with
  cargo b2c-init update --check      exit code 4 if there is something to do";

pub(super) const DIFF: &str = "\
Examples:
  cargo b2c-init diff                what `update` would change
  cargo b2c-init diff --drift        what people have changed since the files were written";

pub(super) const EJECT: &str = "\
Examples:
  cargo b2c-init eject 'templates/*' copy these files of the template to .b2c/templates, for `update` to
                                     use them in place of its own";

pub(super) const EXPLAIN: &str = "\
Examples:
  cargo b2c-init explain AADB2C90118     one of B2C's errors
  cargo b2c-init explain AADSTS50011     one of Entra ID's and External ID's
  cargo b2c-init explain 90118           by its number alone
  cargo b2c-init explain 5               an exit code of this tool
  cargo b2c-init explain                 everything that is known";

pub(super) const COMPLETIONS: &str = "\
Examples:
  cargo b2c-init completions bash > ~/.local/share/bash-completion/completions/cargo-b2c-init
  cargo b2c-init completions fish > ~/.config/fish/completions/cargo-b2c-init.fish

They complete `cargo-b2c-init`, called directly; cargo does not ask its subcommands.";

pub(super) const MAN: &str = "\
Examples:
  cargo b2c-init man > cargo-b2c-init.1
  cargo b2c-init man new > cargo-b2c-init-new.1";

pub(super) const DOCTOR: &str = "\
Examples:
  cargo b2c-init doctor                  look at the project and ask its provider
  cargo b2c-init doctor --offline        look at the files only
  cargo b2c-init doctor --fix --diff     show what could be mended, and write nothing
  cargo b2c-init explain B2C012          what a finding means";

pub(super) const SCHEMA: &str = "\
Examples:
  cargo b2c-init schema > b2c.schema.json
  #:schema ./b2c.schema.json             as the first line of b2c.toml, for editors";
