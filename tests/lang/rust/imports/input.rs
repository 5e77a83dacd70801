use std::collections::HashMap;
use std::{
    fmt::{self, Display as Show},
    io::prelude::*,
    path::Path,
};
pub use crate::parser::{lex::Token, parse};
pub(crate) use self::inner::helper as help;
use super::*;
use serde as sd;
use {alpha, beta::gamma};
extern crate alloc as al;
mod elsewhere;

mod inner {
    use super::super::far;
    pub fn helper() {}
}
