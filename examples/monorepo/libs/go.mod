module example.org/monorepo/libs

go 1.21
