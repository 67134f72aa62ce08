//! The fenced blocks of a page.

/// A block of code.
#[derive(Clone, Copy)]
pub(crate) struct Block<'t> {
    info: &'t str,
    /// The line above the fence.
    above: &'t str,
    /// What is between the fences, with the end of its last line.
    pub(crate) code: &'t str,
}

impl<'t> Block<'t> {
    pub(crate) fn is(&self, language: &str) -> bool {
        self.info == language
    }

    /// What a comment in the line above says under this name: of `<!-- save: a.py -->` under `save`.
    pub(crate) fn remark(&self, name: &str) -> Option<&'t str> {
        let remark = self.above.strip_prefix("<!-- ")?.strip_suffix(" -->")?;
        let (said, value) = remark.split_once(": ")?;
        (said == name).then_some(value)
    }
}

/// All of them. A fence stands at the beginning of its line.
pub(crate) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\n```") {
        let (info, after) = after.split_once('\n').expect("a line after a fence");
        let end = after.find("```").expect("a closing fence");
        blocks.push(Block {
            info,
            above: before.lines().last().unwrap_or_default(),
            code: &after[..end],
        });
        rest = &after[end + 3..];
    }
    blocks
}
