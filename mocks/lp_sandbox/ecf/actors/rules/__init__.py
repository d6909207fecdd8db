"""The rules of what schools, lead providers' users, administrators and DfE do."""
