//! From memory if it can be, by one request for all who wait if it must.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::asked::Asked;
use super::handle::AppTokens;
use super::replace::Rejected;
use super::slot::{Request, Slot};
use crate::tokens::access_token::AccessToken;
use crate::tokens::alone::{alone, is_busy};
use crate::tokens::cache::Found;
use crate::tokens::claims_challenge::ClaimsChallenge;
use crate::tokens::error::TokenError;
use crate::tokens::flight::Urgency;
use crate::trace::{behind, carried};

impl AppTokens {
    pub(super) async fn acquire(&self, asked: Asked) -> Result<AccessToken, TokenError> {
        let asked = asked.check()?;
        let (slot, now) = (self.0.slot(asked.key()), self.0.now());
        let (token, is_ageing) = slot.look(now, |found| match found {
            Found::Fresh(token) => (Some(AccessToken::from(token)), false),
            Found::Ageing(token) => (Some(AccessToken::from(token)), true),
            Found::Expiring(_) | Found::Nothing => (None, false),
        });
        if let Some(token) = token {
            if is_ageing && !is_busy(&slot.turn, now) {
                self.begin(slot, asked, Urgency::Behind, None);
            }
            return Ok(token);
        }
        awaited(self.begin(slot, asked, Urgency::Awaited, None)).await
    }

    /// Another token than the rejected one, which is of the same kind.
    pub(super) async fn replace(
        &self,
        asked: Asked,
        rejected: &AccessToken,
        challenge: Option<&ClaimsChallenge>,
    ) -> Result<AccessToken, TokenError> {
        let asked = asked.check()?;
        let slot = self.0.slot(asked.key());
        let rejected = Rejected::new(rejected, challenge, slot.answers());
        awaited(self.begin(slot, asked, Urgency::Awaited, Some(rejected))).await
    }

    /// A task of its own: a caller that hangs up must not cost the others their token.
    fn begin(
        &self,
        slot: Arc<Slot>,
        asked: Asked,
        urgency: Urgency,
        rejected: Option<Rejected>,
    ) -> JoinHandle<Result<AccessToken, TokenError>> {
        let tokens = Arc::clone(&self.0);
        let asking = async move {
            let request = Request {
                tokens: &tokens,
                slot: &slot,
                asked: &asked,
                urgency,
                rejected: rejected.as_ref(),
            };
            alone(&request).await
        };
        match urgency {
            Urgency::Awaited => self.0.background.spawn(carried(asking)),
            Urgency::Behind => self.0.background.spawn(behind(asking)),
        }
    }
}

async fn awaited(
    asking: JoinHandle<Result<AccessToken, TokenError>>,
) -> Result<AccessToken, TokenError> {
    let failed = Err(TokenError::Unavailable { retry_after: None });
    asking.await.unwrap_or(failed)
}
