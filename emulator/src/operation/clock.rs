use serde::{Deserialize, Serialize};

use super::OperationError;
use crate::world::World;

/// What the clock shows.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClockState {
    /// Seconds since 1970; of no effect in a seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) now: Option<i64>,
    pub(crate) offset: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) frozen_at: Option<i64>,
}

/// One thing to do to the clock.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ClockChange {
    Advance(i64),
    Offset(i64),
    FreezeAt(i64),
    Freeze(bool),
}

impl World {
    pub(crate) fn clock(&self) -> ClockState {
        let clock = &self.provider().clock;
        ClockState {
            now: Some(clock.now()),
            offset: clock.offset(),
            frozen_at: clock.frozen_at(),
        }
    }

    pub(crate) fn change_clock(&self, change: ClockChange) -> Result<ClockState, OperationError> {
        let clock = &self.provider().clock;
        match change {
            ClockChange::Advance(seconds) if seconds < 0 => {
                let reason = "advance is less than zero; set offset instead";
                return Err(OperationError::Invalid(reason.to_owned()));
            }
            ClockChange::Advance(seconds) => clock.advance(seconds),
            ClockChange::Offset(seconds) => clock.set_offset(seconds),
            ClockChange::FreezeAt(seconds) => clock.freeze(Some(seconds)),
            ClockChange::Freeze(true) => clock.freeze(None),
            ClockChange::Freeze(false) => clock.release(),
        }
        Ok(self.clock())
    }
}
