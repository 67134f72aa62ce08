//! A function of a source file, and what is bound in it.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprAssign, Ident, Pat, PatIdent, Signature};

/// A function with a body.
#[derive(Clone, Copy)]
pub(super) struct Function<'a> {
    pub(super) signature: &'a Signature,
    pub(super) block: &'a Block,
}

impl<'a> Function<'a> {
    /// What a variable is bound to, if it is bound once and never assigned to.
    pub(super) fn binding(self, name: &Ident) -> Option<&'a Expr> {
        let mut bindings = Bindings {
            name,
            count: 0,
            value: None,
        };
        for input in &self.signature.inputs {
            bindings.visit_fn_arg(input);
        }
        bindings.visit_block(self.block);
        bindings.value.filter(|_| bindings.count == 1)
    }
}

struct Bindings<'n, 'a> {
    name: &'n Ident,
    /// How often the variable gets a value.
    count: usize,
    value: Option<&'a Expr>,
}

impl<'a> Visit<'a> for Bindings<'_, 'a> {
    fn visit_local(&mut self, local: &'a syn::Local) {
        let pattern = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        if matches!(pattern, Pat::Ident(known) if known.ident == *self.name) {
            self.value = local.init.as_ref().map(|init| &*init.expr);
        }
        visit::visit_local(self, local);
    }

    fn visit_pat_ident(&mut self, pattern: &'a PatIdent) {
        self.count += usize::from(pattern.ident == *self.name);
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_expr_assign(&mut self, assignment: &'a ExprAssign) {
        if matches!(&*assignment.left, Expr::Path(path) if path.path.is_ident(self.name)) {
            self.count += 1;
        }
        visit::visit_expr_assign(self, assignment);
    }
}
