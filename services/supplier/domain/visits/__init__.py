"""Visit plans: which crew comes to which home when, on a service day at many homes. See VISITS.md."""
