# docker build -t clearance-engine .
# What k8s/ runs. The build sees only what .dockerignore lets through: no data, no keys, no settings of a machine.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Silo -c Release -o /app -p:RestoreLockedMode=true \
    # The packages bring native libraries for every system there is.
    && find /app/runtimes -mindepth 1 -maxdepth 1 ! -name linux-x64 ! -name linux-arm64 ! -name unix -exec rm -rf {} +

# Chiselled: no shell, no package manager, not root. The plain variant is enough: the engine needs neither ICU nor a time
# zone database (InvariantGlobalization; Beijing is UTC+8), and of librdkafka the build without Cyrus SASL is loaded, which
# needs glibc only. Kerberos (sasl.mechanism=GSSAPI) would need an image with libsasl2; PLAIN, SCRAM, OAUTHBEARER and TLS
# are built in.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /app
COPY --from=build /app .
# The PKCS#11 module is its vendor's: build an image FROM this one that copies it (and the libraries that `ldd` names) to
# the place that Hsm:ModulePath says.
USER $APP_UID
EXPOSE 8080 8081 11111
ENTRYPOINT ["dotnet", "/app/ClearanceEngine.Silo.dll"]
