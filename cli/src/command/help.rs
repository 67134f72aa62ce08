//! Texts of `--help`; examples come first.

pub(super) const TEMPLATE: &str = "\
{about}

{before-help}{usage-heading} {usage}

{all-args}{after-help}";

pub(super) const OVERVIEW: &str = "\
Examples:
  cargo b2c-init new demo --run --open   a new app, signed in within minutes, offline
  cargo b2c-init new demo                the files only
  cargo b2c-init run -C demo             an app generated before, beside the emulator
  cargo b2c-init undo                    take back what the last command wrote
  cargo b2c-init emulator                the emulator alone; --help says what else it does";

pub(super) const NEW: &str = "\
Examples:
  cargo b2c-init new demo                    write demo/ and say what comes next
  cargo b2c-init new demo --run --open       … build it, run it offline, open the browser
  cargo b2c-init new demo --port 8080 -n     show what would be written";

pub(super) const RUN: &str = "\
Examples:
  cargo b2c-init run                     the project in this directory
  cargo b2c-init run -C demo --open      another one; open the browser
  cargo b2c-init run --port 8080         on another port, this time only";

pub(super) const UNDO: &str = "\
Examples:
  cargo b2c-init undo            take back what the last command wrote
  cargo b2c-init undo --diff     show it first, and write nothing";
