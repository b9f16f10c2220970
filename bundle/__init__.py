"""From a commit to a program on a stick: build, licences, sizes, test as shipped, archive, bill of materials."""
