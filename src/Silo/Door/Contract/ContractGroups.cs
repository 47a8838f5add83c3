namespace ClearanceEngine.Silo.Door.Contract;

/// <summary>The headings of the page, in its order.</summary>
static class ContractGroups
{
    public static EndpointGroup Messages { get; } =
        new("报文 messages", new("报送单证。", "Documents come in."));

    public static EndpointGroup Parcels { get; } =
        new(
            "包裹 parcels",
            new("进度、回执与经办人的指令。", "Where they stand, their receipts, and what operators order.")
        );

    public static EndpointGroup Questions { get; } =
        new("查询 questions", new("身份、额度与审计。", "Who is asking, a person's year, who did what."));

    public static EndpointGroup Engine { get; } =
        new("引擎 engine", new("引擎自身，对所有人开放。", "The engine itself, open to everybody."));

    public static IReadOnlyList<EndpointGroup> All { get; } = [Messages, Parcels, Questions, Engine];
}
