"""Who is here and by which posts: users, dated posts, the reader of a request, sign-in."""
