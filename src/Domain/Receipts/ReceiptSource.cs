namespace ClearanceEngine.Receipts;

/// <summary>Who wrote a receipt.</summary>
public enum ReceiptSource
{
    /// <summary>This engine.</summary>
    Engine,

    /// <summary>Customs or the E-Port.</summary>
    Customs,
}
