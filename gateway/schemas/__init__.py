"""What the API accepts and answers: one module per service, strict about requests, descriptive about answers."""
