"""The official account (公众号): messages come in at /wechat/, answers and notices go out."""
