namespace ClearanceEngine.Client.DeadLetters;

/// <summary>What a reason means, and what an operator does about it.</summary>
/// <param name="Cause">In Chinese, then in English.</param>
/// <param name="Remedy">In Chinese, then in English.</param>
/// <param name="RetryHelps">Whether putting the letter back can help, once the remedy is done.</param>
sealed record DeadLetterAdvice(string Cause, string Remedy, bool RetryHelps)
{
    static readonly DeadLetterAdvice Exhausted = new(
        "多次处理均失败，异常见 dl-exception。It failed each time it was tried; dl-exception says how.",
        "排除异常所指的原因后重试。Mend what the exception names, then retry.",
        true
    );

    static readonly DeadLetterAdvice Unclaimed = new(
        "回执所答复的单证不在本系统。A receipt whose document no parcel has.",
        "包裹到达后重试；若单证由他处发送，不必处理。Retry when the parcel has come; if another system sent the document, leave it.",
        true
    );

    static readonly DeadLetterAdvice NotOurs = new(
        "海关答复的报文并非本系统发出。Customs speaks of a message that this engine did not send.",
        "查明由谁发送；换用旧数据库后可重试。Find out who sent it; retry only if the database that knew it is back.",
        true
    );

    static readonly DeadLetterAdvice Mistimed = new(
        "记录时间不在今年或去年。The record's time is neither of this year nor of the last.",
        "校正 Kafka 的时钟与该主题的 message.timestamp.type 后重试。Set Kafka's clock and the topic's message.timestamp.type right, then retry.",
        true
    );

    static readonly DeadLetterAdvice Unregistered = new(
        "企业、证书或权限未登记，或与登记不符。The sender, its certificate or its right to send this is not registered, or differs.",
        "核实后在企业名录登记并重启引擎，再重试；否则由企业更正重发。If it is right, register it (Engine:ParticipantsFile), restart, then retry; else the sender corrects and sends anew.",
        true
    );

    static readonly DeadLetterAdvice Unsigned = new(
        "签名缺失、无效或证书已过期。The signature is missing or invalid, or its certificate has ended.",
        "由企业重新加签后发送；重试无用。The sender signs and sends it again; a retry does not help.",
        false
    );

    static readonly DeadLetterAdvice Misplaced = new(
        "报文不属于该主题。The message does not belong on the topic it was put on.",
        "由发送方送到正确的主题；重试会放回同一主题，无用。Its sender puts it on the right topic; a retry goes to the same one and does not help.",
        false
    );

    static readonly DeadLetterAdvice Keyless = new(
        "单证没有可读的业务主键，无法归属包裹。It has no readable business key, so it belongs to no parcel.",
        "由发送方更正后重发；回执可向海关查询。The sender corrects and sends it again; ask customs again for a receipt.",
        false
    );

    static readonly DeadLetterAdvice Untold = new(
        "单证已拒收，但拒收回执未能写入企业的回执主题。It was refused, and its sender could not be told: the topic of its receipts took none.",
        "修复该主题或其权限后重试：拒收回执会再次发出。Mend the topic or the rights on it, then retry: the refusal is sent again.",
        true
    );

    static readonly DeadLetterAdvice Wrong = new(
        "报文本身有误，见说明。The message itself is wrong, as the detail says.",
        "由发送方更正后重发；仅在引擎更新后方可重试。The sender corrects and sends it again; retry only after an update of the engine that takes it.",
        false
    );

    static readonly Dictionary<string, DeadLetterAdvice> Known = new(StringComparer.Ordinal)
    {
        ["retries-exhausted"] = Exhausted,
        ["no-stream"] = Exhausted,
        [ProblemCode.ReceiptWithoutParcel] = Unclaimed,
        [ProblemCode.MessageUnknown] = NotOurs,
        [ProblemCode.TimeImplausible] = Mistimed,
        [ProblemCode.SenderUnknown] = Unregistered,
        [ProblemCode.SenderInactive] = Unregistered,
        [ProblemCode.SenderNotEntitled] = Unregistered,
        [ProblemCode.SpeaksForAnother] = Unregistered,
        [ProblemCode.DxpIdDiffers] = Unregistered,
        [ProblemCode.ModeNotActivated] = Unregistered,
        [ProblemCode.CustomsNotActivated] = Unregistered,
        [ProblemCode.CertificateForeign] = Unregistered,
        [ProblemCode.CertificateExpired] = Unsigned,
        [ProblemCode.SignatureInvalid] = Unsigned,
        [ProblemCode.SignatureMissing] = Unsigned,
        [ProblemCode.WrongTopic] = Misplaced,
        [ProblemCode.NotAReceipt] = Misplaced,
        [ProblemCode.NotADeclaration] = Misplaced,
        [ProblemCode.NotAQuery] = Misplaced,
        [ProblemCode.KeyUnreadable] = Keyless,
        [ProblemCode.RefusalUntold] = Untold,
    };

    /// <summary>The reasons that have a name here.</summary>
    public static IReadOnlyCollection<string> Reasons => Known.Keys;

    /// <summary>What a reason means; reasons are many, and those not named here are all faults of the message itself.</summary>
    public static DeadLetterAdvice Of(string reason) => Known.GetValueOrDefault(reason, Wrong);
}
