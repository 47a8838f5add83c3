using ClearanceEngine.Contracts;

namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>What is open to everybody.</summary>
static class EngineTexts
{
    public static EndpointText Front { get; } =
        new(
            "front",
            ContractGroups.Engine,
            new(
                "引擎的名称、版本、状态与全部地址。浏览器（Accept 含 text/html）得到网页，程序得到 JSON。",
                "Name, version, health and all addresses of the engine: a page for browsers (Accept names text/html), JSON for programs."
            )
        )
        {
            Answers = [new(200, typeof(FrontResponse), new("全部地址。", "All addresses."), "front.json")],
        };

    public static EndpointText Live { get; } =
        new("live", ContractGroups.Engine, new("进程存活即回答。", "Answers while the process lives."))
        {
            Answers = [new(200, typeof(HealthResponse), new("存活。", "It lives."), "live.json")],
        };

    public static EndpointText Ready { get; } =
        new(
            "ready",
            ContractGroups.Engine,
            new(
                "本节点能否工作。有权限 health:read 者另见各部件状况与处置办法。",
                "Whether this silo can do its work; callers with the right health:read also see how each part is and what to do."
            )
        )
        {
            Answers = [new(200, typeof(HealthResponse), new("就绪。", "It can."), "ready.json")],
            Refusals = [new(503, ProblemCode.NotReady)],
        };
}
