namespace ClearanceEngine.Client.Configuration;

/// <summary>Variables of the environment that the client reads.</summary>
static class ClientVariables
{
    public const string Url = "CLEARANCE_URL",
        Token = "CLEARANCE_TOKEN",
        TokenFile = "CLEARANCE_TOKEN_FILE",
        Config = "CLEARANCE_CONFIG",
        Kafka = "CLEARANCE_KAFKA",
        KafkaConfig = "CLEARANCE_KAFKA_CONFIG",
        KafkaTimeout = "CLEARANCE_KAFKA_TIMEOUT";
}
