//! The program and its parts from outside, one module per surface.

mod robots;
mod store;
