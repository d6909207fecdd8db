"""A made-up edition: a lending library. The engine serves, checks and publishes it as it does any other edition."""
