namespace ClearanceEngine.Bench.Customs;

/// <summary>A list as customs keeps it until it is billed.</summary>
/// <param name="Echo">What its receipts echo, see <see cref="Receipts.Say"/>.</param>
/// <param name="IsDirect">9610: released when its goods have entered the site.</param>
/// <param name="WaybillSerial">Of its waybill, which the inbound note names.</param>
sealed record DeclaredList(byte[] Echo, string InvtNo, string AgentCode, bool IsDirect, int WaybillSerial);
