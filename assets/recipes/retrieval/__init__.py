"""Train the models that search: a tokenizer, a bi-encoder, a cross-encoder and a light reranker."""
