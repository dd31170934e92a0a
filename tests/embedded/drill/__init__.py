"""The kill drill: a real portal under its launcher, people who file over HTTP, and a checker of what is left in the books."""
