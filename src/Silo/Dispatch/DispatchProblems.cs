using System.Globalization;

namespace ClearanceEngine.Silo.Dispatch;

/// <summary>Why a document cannot leave, in words for its sender.</summary>
static class DispatchProblems
{
    public static Problem SenderUnknown(DocumentType type, string sender) =>
        new(
            ProblemCode.SenderUnknown,
            type,
            null,
            "copCode",
            $"企业 {sender} 已不在登记中。{sender} is no longer registered; register it and send the document again."
        );

    public static Problem NoSigningKey(DocumentType type, string sender, string reason) =>
        new(ProblemCode.SigningKeyMissing, type, null, null, $"平台没有企业 {sender} 的云加签密钥。{reason}");

    /// <param name="type">Which document.</param>
    /// <param name="bytes">What it takes in a message.</param>
    /// <param name="limit">What a message takes.</param>
    public static Problem TooLarge(DocumentType type, long bytes, long limit) =>
        new(
            ProblemCode.DocumentTooLarge,
            type,
            null,
            null,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{type.Chinese()}以 XML 报文发送时为 {bytes} 字节，超过单份报文上限 {limit} 字节，无法发往海关；请拆分单证，或缩短商品描述、备注后重新发送。As it is sent (XML), the document has {bytes} bytes; a message for customs takes {limit}. Split it, or shorten descriptions and notes, and send it again."
            )
        );

    public static Problem RefusedByBroker(DocumentType type) =>
        new(
            ProblemCode.MessageTooLarge,
            type,
            null,
            null,
            "报文超过消息队列允许的大小，无法发往海关；加签报文请减少单证份数后重新加签，单份单证请缩短商品描述、备注后重新发送。The message is larger than the broker takes, so it cannot go to customs. Put fewer documents into a signed message and sign it anew; shorten descriptions and notes of a single document; then send it again."
        );
}
