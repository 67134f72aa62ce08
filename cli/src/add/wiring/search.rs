//! Finds the calls of one function in a source file.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprCall, ExprClosure, ImplItemFn, Item, ItemFn, ItemMod, Macro};

use super::function::Function;
use super::modules::{Modules, is_for_tests};
use super::names::Names;
use super::source::Source;

/// A call, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) call: &'a ExprCall,
    pub(super) function: Function<'a>,
    /// Whether a closure or an async block of the function has it.
    pub(super) is_nested: bool,
    /// The outermost loop around it.
    pub(super) outer_loop: Option<&'a Expr>,
}

/// What a file's own functions have of this item.
pub(super) struct Calls<'a> {
    pub(super) found: Vec<Found<'a>>,
    /// The functions that have a macro in which a word is that of the item.
    pub(super) in_macros: Vec<Function<'a>>,
}

/// The calls of this item in the file's own functions.
pub(super) fn calls<'a>(source: &'a Source, item: &[&str]) -> Calls<'a> {
    calls_among(&source.file.items, item)
}

/// As [`calls`], of one module.
fn calls_among<'a>(items: &'a [Item], item: &[&str]) -> Calls<'a> {
    let names = Names::of(items);
    let mut search = Search {
        names: &names,
        item,
        function: None,
        nested: 0,
        loops: Vec::new(),
        calls: Calls {
            found: Vec::new(),
            in_macros: Vec::new(),
        },
    };
    for item in items {
        search.visit_item(item);
    }
    search.calls
}

/// The only call of this item in the file's own functions, where nothing else of the program has one.
///
/// # Errors
///
/// Why it is not plain which one is meant, for people.
pub(super) fn only_call<'a>(
    source: &'a Source,
    modules: Modules<'_>,
    item: &[&str],
) -> Result<Found<'a>, String> {
    let name = item.join("::");
    let Calls { found, in_macros } = calls(source, item);
    let only = match found.as_slice() {
        [only] => *only,
        [] => {
            return Err(format!(
                "{} has no call of {name} outside of macros",
                source.path
            ));
        }
        several => {
            let places: Vec<_> = several
                .iter()
                .map(|found| source.place(found.call))
                .collect();
            return Err(format!(
                "{name} is called more than once: {}",
                places.join(", ")
            ));
        }
    };
    let place = source.place(only.call);
    if let Some(function) = in_macros.first() {
        return Err(format!(
            "{name} is called at {place}, and perhaps by a macro in `{}`",
            function.signature.ident
        ));
    }
    let calls_it = |items: &[Item]| {
        let Calls { found, in_macros } = calls_among(items, item);
        !found.is_empty() || !in_macros.is_empty()
    };
    if modules.any_other(source, &calls_it) {
        return Err(format!(
            "{name} is called at {place}, and in another module of this crate"
        ));
    }
    Ok(only)
}

struct Search<'n, 'a> {
    names: &'n Names,
    item: &'n [&'n str],
    function: Option<Function<'a>>,
    nested: usize,
    loops: Vec<&'a Expr>,
    calls: Calls<'a>,
}

impl<'a> Search<'_, 'a> {
    fn within(&mut self, function: Function<'a>, walk: impl FnOnce(&mut Self)) {
        let before = self.function.replace(function);
        let nested = std::mem::take(&mut self.nested);
        let loops = std::mem::take(&mut self.loops);
        walk(self);
        (self.function, self.nested, self.loops) = (before, nested, loops);
    }
}

impl<'a> Visit<'a> for Search<'_, 'a> {
    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let function = Function {
            signature: &item.sig,
            block: &item.block,
        };
        self.within(function, |search| visit::visit_item_fn(search, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        if is_for_tests(&item.attrs) {
            return;
        }
        let function = Function {
            signature: &item.sig,
            block: &item.block,
        };
        self.within(function, |search| visit::visit_impl_item_fn(search, item));
    }

    /// Modules have names of their own, and tests are in one.
    fn visit_item_mod(&mut self, _: &'a ItemMod) {}

    /// What a macro makes of its tokens is not known.
    fn visit_macro(&mut self, used: &'a Macro) {
        if let Some(function) = self.function.filter(|_| has_name(&used.tokens, self.item)) {
            self.calls.in_macros.push(function);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        let is_loop = matches!(
            expression,
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_)
        );
        if is_loop {
            self.loops.push(expression);
        }
        visit::visit_expr(self, expression);
        if is_loop {
            self.loops.pop();
        }
    }

    fn visit_expr_closure(&mut self, closure: &'a ExprClosure) {
        self.nested += 1;
        visit::visit_expr_closure(self, closure);
        self.nested -= 1;
    }

    fn visit_expr_async(&mut self, block: &'a ExprAsync) {
        self.nested += 1;
        visit::visit_expr_async(self, block);
        self.nested -= 1;
    }

    fn visit_expr_call(&mut self, call: &'a ExprCall) {
        if let (Expr::Path(path), Some(function)) = (&*call.func, self.function)
            && self.names.is(&path.path, self.item)
        {
            self.calls.found.push(Found {
                call,
                function,
                is_nested: self.nested > 0,
                outer_loop: self.loops.first().copied(),
            });
        }
        visit::visit_expr_call(self, call);
    }
}

/// Whether the item's name is among these tokens; that of a type's function, `new`, behind its type.
fn has_name(tokens: &TokenStream, item: &[&str]) -> bool {
    let (owner, name) = match item {
        [.., owner, name] if owner.starts_with(char::is_uppercase) => (Some(*owner), *name),
        [.., name] => (None, *name),
        [] => return false,
    };
    let tokens: Vec<_> = tokens.clone().into_iter().collect();
    let is_word =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(it) if it == word);
    let follows = |at: usize, owner: &str| {
        at.checked_sub(3)
            .and_then(|before| tokens.get(before))
            .is_some_and(|token| is_word(token, owner))
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => has_name(&group.stream(), item),
        token => is_word(token, name) && owner.is_none_or(|owner| follows(at, owner)),
    })
}
