"""Search over everything public: an index that both databases keep, one ranking for both."""
