"""The rules of cmi5, pure: courses as they are packaged, statements as they are said, no input or output."""
