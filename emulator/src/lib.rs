//! A local Azure AD B2C that behaves like B2C: user flows, pages, tokens and errors, offline.
//!
//! Start one in a test, on any free port, in a few milliseconds:
//!
//! ```
//! use b2c_emulator::{Emulator, User};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), b2c_emulator::StartError> {
//! let emulator = Emulator::builder()
//!     .redirect_uri("http://localhost:5000/getAToken")
//!     .user(User::new("katherine@emulator.example", "Passw0rd!").display_name("Katherine Johnson"))
//!     .start()
//!     .await?;
//!
//! // What an application needs to know.
//! let authority = format!("{}/{}", emulator.base_url(), emulator.tenant());
//! let client = emulator.client();
//! let scope = emulator.api_scope("demo.read");
//!
//! assert!(authority.starts_with("http://localhost:"));
//! assert_eq!(client.client_id(), "00001111-aaaa-2222-bbbb-3333cccc4444");
//! assert_eq!(scope, "https://b2cemulator.onmicrosoft.com/demo-api/demo.read");
//! # Ok(())
//! # }
//! ```
//!
//! The three seeded user flows are `B2C_1_signupsignin1`, `B2C_1_profileediting1` and
//! `B2C_1_passwordreset1`; each is an authorization server of its own, as at B2C.
//!
//! # Strictness
//!
//! The emulator refuses what B2C refuses, with B2C's own code, text, layout and channel. Where
//! Microsoft's sources are silent it takes the stricter reading, unless a method of
//! [`EmulatorBuilder`] says otherwise.
//!
//! # Trouble on command
//!
//! [`Emulator::advance_clock`], [`Emulator::rotate_signing_key`] and [`Emulator::misbehave`] bring
//! about what takes hours or bad luck elsewhere; [`Emulator::requests`] shows what an application
//! really sent.
//!
//! # Safety
//!
//! It listens on the loopback interface only, its signing key is public, and every token carries
//! the claim `"b2c_emulator": true`. Never let anything that matters trust it.

mod address;
mod authorize;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
mod control;
mod credential;
mod directory;
mod emulator;
mod entra;
mod expiring;
mod grant;
mod graph;
mod journey;
mod jwt;
mod operation;
mod pages;
mod protocol;
mod provider;
mod random;
mod seed;
mod server;
mod session;
mod tls;
mod token;
mod world;

pub use address::Endpoint;
pub use control::{
    Forgery, FrontChannelFlaw, LogoutNotice, LogoutTokenFlaw, Misbehaviour, Outcome,
    RecordedRequest, Scope, UnknownMisbehaviour,
};
pub use credential::{
    ClientCertificate, FederatedCredential, InvalidCertificate, InvalidKeySet, KeySet,
};
pub use directory::{
    AttributeType, AttributeValue, ClaimSource, Client, IdentityProvider, IssuerForm, SsoScope,
    Tenant, TenantBuilder, TenantKind, User, UserBuilder, UserFlow,
};
pub use emulator::{Emulator, EmulatorBuilder, InTenant, StartError};
pub use jwt::Algorithm;
pub use operation::OperationError;
pub use seed::SeedError;
pub use tls::{CertificateAuthority, Tls, TlsError};

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
