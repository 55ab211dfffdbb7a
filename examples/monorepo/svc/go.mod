module example.org/monorepo/svc

go 1.21

require example.org/monorepo/libs v0.0.0

// For GOWORK=off; inside the workspace, go.work says the same.
replace example.org/monorepo/libs => ../libs
