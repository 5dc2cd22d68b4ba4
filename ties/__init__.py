"""Private parts of libraries that we use or replace, by library. Imports no other package of ours."""
