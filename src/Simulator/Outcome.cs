namespace ClearanceEngine.Simulator;

/// <summary>What the simulated customs does with a parcel; chosen by an order number <c>SIM-{OUTCOME}-…</c>, any other is released.</summary>
public enum Outcome
{
    /// <summary>放行: 2, 120, 800, tax bill.</summary>
    Released,

    /// <summary>退单: the list is refused (100).</summary>
    Rejected,

    /// <summary>查验后放行: 500, then 800.</summary>
    Inspected,

    /// <summary>扣留: 501, and stays so.</summary>
    Held,

    /// <summary>退运: 700 (direct purchase).</summary>
    ReturnedAbroad,

    /// <summary>超年度限额: -621018 with used amount and limit.</summary>
    OverLimit,

    /// <summary>无回执: nothing is said of the list until somebody asks on customs.queries.</summary>
    NoAnswer,

    /// <summary>重复乱序: every receipt of the list twice, out of order.</summary>
    Duplicates,

    /// <summary>订单退单: the order is refused (312 = 100).</summary>
    OrderRefused,

    /// <summary>支付单退单: the payment is refused (412 = 100).</summary>
    PaymentRefused,
}

/// <summary>Order numbers and their outcomes.</summary>
public static class Outcomes
{
    /// <summary>The outcome that an order number asks for.</summary>
    public static Outcome Of(string? orderNo) =>
        orderNo?.Split('-') is ["SIM", var name, ..]
        && Enum.TryParse<Outcome>(name, ignoreCase: true, out var outcome)
        && !char.IsAsciiDigit(name[0])
            ? outcome
            : Outcome.Released;

    /// <summary>An order number that asks for an outcome.</summary>
    public static string OrderNo(Outcome outcome, string rest) =>
        $"SIM-{outcome.ToString().ToUpperInvariant()}-{rest}";
}
