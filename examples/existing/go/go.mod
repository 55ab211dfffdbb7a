module example.org/existing

go 1.21
