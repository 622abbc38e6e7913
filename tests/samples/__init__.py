"""The sample library, taken in as `make demo` takes it in, and searched as its first visitor would."""
