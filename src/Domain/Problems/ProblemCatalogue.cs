using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ClearanceEngine;

/// <summary>
/// The catalogue: each code that a problem, a refusal of HTTP or a dead letter of the engine has stands here once, in the
/// order of the alphabet. The pages <c>docs/problems</c> are written from it.
/// </summary>
public readonly partial record struct ProblemCode
{
    static readonly List<ProblemEntry> Entries = [];

    public static readonly ProblemCode AlreadyClosed = Add(
        "already-closed",
        ToldTo.Operator,
        new("包裹已由经办人关闭。", "The parcel is closed by an operator already."),
        new("无须处理。", "Nothing needs to be done.")
    );

    public static readonly ProblemCode AlreadyDeclared = Add(
        "already-declared",
        ToldTo.Participant,
        new(
            "该单证已申报，不能以新增方式再报。",
            "The document is declared already and cannot be declared as new."
        ),
        new("如需变更，以变更方式（appType 2）报送。", "To change it, send it as a change (appType 2)."),
        (DocumentType.Order, -301011),
        (DocumentType.Payment, -401008),
        (DocumentType.Waybill, -504016),
        (DocumentType.DeclarationList, -621012)
    );

    public static readonly ProblemCode AlreadyEnded = Add(
        "already-ended",
        ToldTo.Operator,
        new("海关已有结论，包裹不再等待任何事。", "Customs has decided and the parcel waits for nothing."),
        new("无须关闭。", "It needs no closing.")
    );

    public static readonly ProblemCode AmountPaidDiffers = Add(
        "amount-paid-differs",
        ToldTo.Participant,
        new(
            "支付金额与订单实际支付金额不一致。",
            "The payment's amount is not what the order says was paid."
        ),
        new("更正支付单或订单。", "Correct the payment or the order.")
    );

    public static readonly ProblemCode AppTimeAhead = Add(
        "app-time-ahead",
        ToldTo.Participant,
        new("报送时间晚于收到时间过多。", "appTime lies too far after the arrival."),
        new("校准时钟后重新报送。", "Set the clock right and send the document again.")
    );

    public static readonly ProblemCode BodyBroken = Add(
        "body-broken",
        ToldTo.Participant,
        new("请求体不完整或格式有误。", "The body of the request ended early or is malformed."),
        new("检查后重新发送。", "Check it and send it again.")
    );

    public static readonly ProblemCode BuyerDiffers = Add(
        "buyer-differs",
        ToldTo.Participant,
        new("清单与订单的订购人证件不一致。", "The buyer's id document of the list is not the order's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode BuyerNameDiffers = Add(
        "buyer-name-differs",
        ToldTo.Participant,
        new("清单与订单的订购人姓名不一致。", "The buyer's name of the list is not the order's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode BuyerTelephoneDiffers = Add(
        "buyer-telephone-differs",
        ToldTo.Participant,
        new("清单与订单的订购人电话不一致。", "The buyer's telephone of the list is not the order's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode CertificateExpired = Add(
        "certificate-expired",
        ToldTo.Participant,
        new("签名时证书不在有效期内。", "The certificate was not valid when the message was signed."),
        new("换用有效证书重新加签。", "Sign it anew with a valid certificate."),
        (DocumentType.DeclarationList, -621029)
    );

    public static readonly ProblemCode CertificateForeign = Add(
        "certificate-foreign",
        ToldTo.Participant,
        new("签名证书不属于传输企业。", "The signing certificate is not the sender's."),
        new(
            "使用登记的证书加签，或请口岸登记该证书。",
            "Sign with the registered certificate, or have the port register this one."
        ),
        (DocumentType.DeclarationList, -621029)
    );

    public static readonly ProblemCode ConsigneeAddressDiffers = Add(
        "consignee-address-differs",
        ToldTo.Participant,
        new("运单与订单的收货地址不一致。", "The consignee's address of the waybill is not the order's."),
        new("更正运单或订单。", "Correct the waybill or the order.")
    );

    public static readonly ProblemCode ConsigneeDiffers = Add(
        "consignee-differs",
        ToldTo.Participant,
        new("运单与订单的收货人不一致。", "The consignee of the waybill is not the order's."),
        new("更正运单或订单。", "Correct the waybill or the order.")
    );

    public static readonly ProblemCode ConsigneeTelephoneDiffers = Add(
        "consignee-telephone-differs",
        ToldTo.Participant,
        new("运单与订单的收货人电话不一致。", "The consignee's telephone of the waybill is not the order's."),
        new("更正运单或订单。", "Correct the waybill or the order.")
    );

    public static readonly ProblemCode ContentTypeDiffers = Add(
        "content-type-differs",
        ToldTo.Participant,
        new("请求体与声明的 Content-Type 不符。", "The body is not what its Content-Type says."),
        new("改正 Content-Type 或内容。", "Correct the Content-Type or the body.")
    );

    public static readonly ProblemCode ContentTypeNotAllowed = Add(
        "content-type-not-allowed",
        ToldTo.Participant,
        new("此处不接收所声明的 Content-Type。", "The declared Content-Type is not read here."),
        new("改用说明中所列的类型。", "Use one of the types that the text names.")
    );

    public static readonly ProblemCode CredentialInvalid = Add(
        "credential-invalid",
        ToldTo.Both,
        new(
            "凭证已过期、已吊销、签名有误，或并非签发给本引擎。",
            "The credential is expired, revoked, not signed as it should be, or made for another audience."
        ),
        new("重新登录，或换取新的令牌。", "Sign in again, or get a new token.")
    );

    public static readonly ProblemCode CrossSiteRefused = Add(
        "cross-site-refused",
        ToldTo.Both,
        new(
            "请求由其他网站的页面经浏览器发出。",
            "A page of another site sent the request through a browser."
        ),
        new(
            "请在引擎自己的页面操作，或由程序直接调用。",
            "Act on the engine's own pages, or call it from a program."
        )
    );

    public static readonly ProblemCode CursorGone = Add(
        "cursor-gone",
        ToldTo.Participant,
        new("游标所指的变更记录已不存在。", "The change records behind the cursor are gone."),
        new(
            "从 after=oldest 或 after=latest 重新开始，并核对其间的包裹。",
            "Begin again at after=oldest or after=latest, and look at the parcels of the time between."
        )
    );

    public static readonly ProblemCode CursorInvalid = Add(
        "cursor-invalid",
        ToldTo.Participant,
        new("游标无效，或属于另一家企业。", "The cursor is none of this participant's change feed."),
        new(
            "原样使用上次得到的 next 或事件 id，或从 after=oldest、after=latest 重新开始。",
            "Give the next or the event id as it came, or begin again at after=oldest or after=latest."
        )
    );

    public static readonly ProblemCode CustomsNotActivated = Add(
        "customs-not-activated",
        ToldTo.Participant,
        new("传输企业未开通该关区。", "The sender is not activated for the customs district."),
        new("请口岸开通后重新发送。", "Have the port activate it and send the document again."),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode CustomsRefused = Add(
        "customs-refused",
        ToldTo.Participant,
        new("海关退单。", "Customs refused the document."),
        new(
            "按回执说明更正后重新报送；超限的按一般贸易办理。",
            "Correct it as the receipt says and send it again; what is over the limit goes as ordinary trade."
        )
    );

    public static readonly ProblemCode CustomsUnclear = Add(
        "customs-unclear",
        ToldTo.Both,
        new(
            "海关回执代码不在官方代码表内，查询后答复相同。",
            "Customs answers with a code that the official table lacks, and said so again when asked."
        ),
        new(
            "经办人与海关核实，再查询、重发或关闭。",
            "An operator clears it with customs, then asks again, sends again or closes the parcel."
        )
    );

    public static readonly ProblemCode DiffersFromList = Add(
        "differs-from-list",
        ToldTo.Participant,
        new(
            "撤销单或退货单的字段与清单不一致。",
            "A field of the cancellation or return is not that of its list."
        ),
        new("按清单更正。", "Correct it by the list.")
    );

    public static readonly ProblemCode DocumentNotFound = Add(
        "document-not-found",
        ToldTo.Both,
        new("包裹中没有所指的单证。", "The parcel has no such document."),
        new("核对单证类型与编号。", "Check document and number.")
    );

    public static readonly ProblemCode DocumentOfAnother = Add(
        "document-of-another",
        ToldTo.Participant,
        new("该编号的单证由其他企业报送。", "The document of this number is another company's."),
        new("换用自己的编号，或由原企业变更。", "Use a number of your own, or have that company change it."),
        (DocumentType.Order, -301010),
        (DocumentType.Payment, -401007),
        (DocumentType.Waybill, -504015),
        (DocumentType.DeclarationList, -621012)
    );

    public static readonly ProblemCode DocumentRepeated = Add(
        "document-repeated",
        ToldTo.Participant,
        new("同一加签报文中单证重复。", "A signed message holds the document twice."),
        new("删去重复的单证，重新加签。", "Take one out and sign the message anew."),
        (DocumentType.Order, -301010),
        (DocumentType.Payment, -401007),
        (DocumentType.Waybill, -504015),
        (DocumentType.DeclarationList, -621012)
    );

    public static readonly ProblemCode DocumentTooLarge = Add(
        "document-too-large",
        ToldTo.Participant,
        new(
            "单证转为 XML 报文后超过上限。",
            "As XML the document is larger than a message for customs may be."
        ),
        new("拆分单证，或缩短商品描述与备注。", "Split it, or shorten descriptions and notes.")
    );

    public static readonly ProblemCode DtdForbidden = Add(
        "dtd-forbidden",
        ToldTo.Both,
        new("报文含 DTD。", "The message has a DTD."),
        new("去掉 DOCTYPE 后重新发送。", "Take DOCTYPE out and send it again.")
    );

    public static readonly ProblemCode DuplicateElement = Add(
        "duplicate-element",
        ToldTo.Both,
        new("元素重复。", "An element is given twice."),
        new("只保留一个。", "Keep one of them.")
    );

    public static readonly ProblemCode DxpIdDiffers = Add(
        "dxp-id-differs",
        ToldTo.Participant,
        new("报文传输编号与登记的不一致。", "dxpId is not the one that is registered."),
        new("更正 dxpId，或请口岸更正登记。", "Correct dxpId, or have the port correct the register.")
    );

    public static readonly ProblemCode ElementEmpty = Add(
        "element-empty",
        ToldTo.Participant,
        new("选填项为空元素。", "An optional element is there and empty."),
        new("填写，或去掉该元素。", "Fill it in or leave it out.")
    );

    public static readonly ProblemCode EmptyMessage = Add(
        "empty-message",
        ToldTo.Operator,
        new("收到空报文。", "The record is empty."),
        new(
            "无须处理；如频繁出现，请与海关通道核实。",
            "Nothing needs to be done; if it is frequent, ask the channel of customs."
        )
    );

    public static readonly ProblemCode FieldMissing = Add(
        "field-missing",
        ToldTo.Both,
        new("缺少必填项。", "A required field is missing."),
        new("补充该字段。", "Fill it in.")
    );

    public static readonly ProblemCode FieldTooLong = Add(
        "field-too-long",
        ToldTo.Both,
        new("字段超过最大长度。", "A field is longer than is allowed."),
        new("缩短该字段。", "Shorten it.")
    );

    public static readonly ProblemCode FieldTooShort = Add(
        "field-too-short",
        ToldTo.Participant,
        new("字段短于最小长度。", "A field is shorter than is allowed."),
        new("补足该字段。", "Complete it.")
    );

    public static readonly ProblemCode ForbiddenCharacter = Add(
        "forbidden-character",
        ToldTo.Participant,
        new("文本含 XML 不允许的字符。", "A text has a character that XML does not allow."),
        new("去掉该字符。", "Take it out.")
    );

    public static readonly ProblemCode ForbiddenInMode = Add(
        "forbidden-in-mode",
        ToldTo.Participant,
        new("该业务模式下不得填写此字段。", "The trade mode does not allow the field."),
        new("去掉该字段，或更正业务模式。", "Leave it out, or correct the trade mode.")
    );

    public static readonly ProblemCode FormatRefused = Add(
        "format-refused",
        ToldTo.Participant,
        new("海关报文格式校验未通过。", "Customs refused the format of the message."),
        new("更正单证后重新发送。", "Correct the document and send it again.")
    );

    public static readonly ProblemCode FrameTooLarge = Add(
        "frame-too-large",
        ToldTo.Participant,
        new(
            "BaseSubscribe 与 ExtendMessage 合计过大。",
            "BaseSubscribe and ExtendMessage are too large together."
        ),
        new("缩短，或拆分报文。", "Shorten them, or split the message.")
    );

    public static readonly ProblemCode FreightDiffers = Add(
        "freight-differs",
        ToldTo.Participant,
        new("清单运费与运单不一致。", "The list's freight is not the waybill's."),
        new("更正清单或运单。", "Correct the list or the waybill.")
    );

    public static readonly ProblemCode FurtherProblems = Add(
        "further-problems",
        ToldTo.Both,
        new("还有其他问题未列出。", "There are more problems than are told."),
        new("先更正已列各项再重新发送。", "Correct those that are told and send it again.")
    );

    public static readonly ProblemCode GoodsNameDiffers = Add(
        "goods-name-differs",
        ToldTo.Participant,
        new("清单商品名称与订单不一致。", "The goods name of a list line is not the order line's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode GoodsValueWrong = Add(
        "goods-value-wrong",
        ToldTo.Participant,
        new("商品价格与各行合计不一致。", "goodsValue is not the sum of the lines."),
        new("更正合计或各行。", "Correct the sum or the lines.")
    );

    public static readonly ProblemCode GuarantorWrong = Add(
        "guarantor-wrong",
        ToldTo.Participant,
        new("担保企业不是平台、电商或物流企业。", "The guarantor is neither platform, merchant nor carrier."),
        new("更正担保企业。", "Correct assureCode.")
    );

    public static readonly ProblemCode GuidRepeated = Add(
        "guid-repeated",
        ToldTo.Participant,
        new("同一报文中 guid 重复。", "A guid is given twice in one message."),
        new("每份单证使用各自的 guid。", "Give each document a guid of its own.")
    );

    public static readonly ProblemCode GuidReused = Add(
        "guid-reused",
        ToldTo.Participant,
        new("guid 已用于内容不同的单证。", "The guid was used for a document of other content."),
        new("换用新的 guid。", "Use a new guid."),
        (DocumentType.Order, -301010),
        (DocumentType.Payment, -401007),
        (DocumentType.Waybill, -504015)
    );

    public static readonly ProblemCode HeadMissing = Add(
        "head-missing",
        ToldTo.Both,
        new("缺少表头。", "The head is missing."),
        new("补充表头。", "Add it.")
    );

    public static readonly ProblemCode IdNumberWrong = Add(
        "id-number-wrong",
        ToldTo.Participant,
        new("证件号码有误。", "The id number is wrong."),
        new("核对证件号码。", "Check the id number.")
    );

    public static readonly ProblemCode IdempotencyKeyInvalid = Add(
        "idempotency-key-invalid",
        ToldTo.Both,
        new("Idempotency-Key 无效。", "The Idempotency-Key is none."),
        new(
            "给出 1 至 255 个可见 ASCII 字符，例如一个 UUID。",
            "Give 1 to 255 visible ASCII characters, such as a UUID."
        )
    );

    public static readonly ProblemCode IdempotencyKeyReused = Add(
        "idempotency-key-reused",
        ToldTo.Both,
        new("该 Idempotency-Key 已用于另一请求。", "The Idempotency-Key came with another request before."),
        new("新的请求用新的键；重试则原样重发。", "Give a new request a new key; a retry is sent as it was.")
    );

    public static readonly ProblemCode InsuranceDiffers = Add(
        "insurance-differs",
        ToldTo.Participant,
        new("清单保费与运单不一致。", "The list's insurance is not the waybill's."),
        new("更正清单或运单。", "Correct the list or the waybill.")
    );

    public static readonly ProblemCode InternalError = Add(
        "internal-error",
        ToldTo.Both,
        new("引擎内部出错。", "The engine failed."),
        new(
            "稍后重试；再次出现时请运维查看日志。",
            "Try again in a moment; if it comes again, have an operator look at the log."
        )
    );

    public static readonly ProblemCode JournalFull = Add(
        "journal-full",
        ToldTo.Participant,
        new(
            "本单中该企业的单证已达容量上限。",
            "The company's documents of this parcel have reached their limit."
        ),
        new("联系平台运维。", "Ask the operator of this platform.")
    );

    public static readonly ProblemCode JsonMalformed = Add(
        "json-malformed",
        ToldTo.Participant,
        new("请求体不是所需的 JSON。", "The body is not the JSON that is wanted."),
        new("按接口说明更正。", "Correct it as the page of HTTP says.")
    );

    public static readonly ProblemCode KafkaRefused = Add(
        "kafka-refused",
        ToldTo.Participant,
        new("消息系统拒收该报文。", "The broker refused the message."),
        new("拆分后重新发送。", "Split it and send it again.")
    );

    public static readonly ProblemCode KafkaUnavailable = Add(
        "kafka-unavailable",
        ToldTo.Both,
        new("消息系统暂不可用，报文未接收。", "The broker is away and the message was not taken."),
        new("稍后重新发送。", "Send it again in a moment.")
    );

    public static readonly ProblemCode KeyUnreadable = Add(
        "key-unreadable",
        ToldTo.Both,
        new("单证或回执缺少可读的业务主键。", "A document or receipt has no readable business key."),
        new(
            "补全后重新发送；回执请向海关重新索取。",
            "Complete it and send it again; ask customs for a receipt again."
        )
    );

    public static readonly ProblemCode LineNotFound = Add(
        "line-not-found",
        ToldTo.Participant,
        new("退货单所列商品不在清单中。", "A line of the return is not in the list."),
        new("按清单更正序号。", "Correct the line number by the list."),
        (DocumentType.Return, -625209)
    );

    public static readonly ProblemCode LineNumberRepeated = Add(
        "line-number-repeated",
        ToldTo.Participant,
        new("商品序号重复。", "A line number is given twice."),
        new("各行使用各自的序号。", "Give each line its own."),
        (DocumentType.Order, -301002),
        (DocumentType.DeclarationList, -621027)
    );

    public static readonly ProblemCode LinePriceDiffers = Add(
        "line-price-differs",
        ToldTo.Participant,
        new("清单商品价格与订单不一致。", "The price of a list line is not the order line's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode LineRepeated = Add(
        "line-repeated",
        ToldTo.Participant,
        new("加签入库明细单中运单重复。", "A signed inbound note names a waybill twice."),
        new("删去重复行，重新加签。", "Take one line out and sign the message anew.")
    );

    public static readonly ProblemCode LineTotalWrong = Add(
        "line-total-wrong",
        ToldTo.Participant,
        new("行总价与单价乘数量不一致。", "A line's total is not price times quantity."),
        new("更正总价、单价或数量。", "Correct total, price or quantity.")
    );

    public static readonly ProblemCode LineWithoutOrderLine = Add(
        "line-without-order-line",
        ToldTo.Participant,
        new("清单商品在订单中没有对应行。", "A line of the list has no line in the order."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode ListAddressDiffers = Add(
        "list-address-differs",
        ToldTo.Participant,
        new("清单收件地址与订单不一致。", "The list's address is not the order's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode ListNamesOtherCarrier = Add(
        "list-names-other-carrier",
        ToldTo.Participant,
        new("清单与运单的物流企业不一致。", "The list names another carrier than the waybill."),
        new("更正清单或运单。", "Correct the list or the waybill.")
    );

    public static readonly ProblemCode ListNamesOtherWaybill = Add(
        "list-names-other-waybill",
        ToldTo.Participant,
        new("清单与运单的运单号不一致。", "The list names another waybill."),
        new("更正清单或运单。", "Correct the list or the waybill.")
    );

    public static readonly ProblemCode ListNotFound = Add(
        "list-not-found",
        ToldTo.Participant,
        new("撤销或退货所指的清单不在。", "The list that is to be cancelled or returned is not here."),
        new("核对清单编号。", "Check the numbers of the list."),
        (DocumentType.Cancellation, -623003),
        (DocumentType.Return, -625204)
    );

    public static readonly ProblemCode MerchantDiffers = Add(
        "merchant-differs",
        ToldTo.Participant,
        new("清单与订单的电商企业不一致。", "The merchant of the list is not the order's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode MessageRefused = Add(
        "message-refused",
        ToldTo.Participant,
        new(
            "加签报文中有单证有误，或已随其他报文报送，整份未受理。",
            "A document of the signed message is wrong, or came before in another one, so that the whole is refused."
        ),
        new(
            "更正或去掉该单证，重新加签后发送。",
            "Correct that document or leave it out, sign the message anew and send it."
        )
    );

    public static readonly ProblemCode MessageTooLarge = Add(
        "message-too-large",
        ToldTo.Participant,
        new("报文超过消息队列允许的大小。", "The message is larger than the broker takes."),
        new(
            "减少单证份数，或缩短商品描述与备注。",
            "Put fewer documents in, or shorten descriptions and notes."
        )
    );

    public static readonly ProblemCode MessageUnknown = Add(
        "message-unknown",
        ToldTo.Operator,
        new(
            "报文格式错误通知（CEB900）所指报文并非本引擎发出。",
            "CEB900 speaks of a message that this engine did not send."
        ),
        new(
            "查明发送者；传输通道自行编号时请带回标头。",
            "Find out who sent it; where the channel numbers messages, let it carry the header back."
        )
    );

    public static readonly ProblemCode MessageWaitedTooLong = Add(
        "message-waited-too-long",
        ToldTo.Participant,
        new("加签报文在限期内未能整体发出。", "A signed message could not leave as a whole in its time."),
        new("将无误的单证另组报文重新加签。", "Put the good documents in a message of their own and sign it.")
    );

    public static readonly ProblemCode MethodNotAllowed = Add(
        "method-not-allowed",
        ToldTo.Participant,
        new("该地址不接受此 HTTP 方法。", "The address does not take this HTTP method."),
        new("改用说明中所列的方法。", "Use a method that the text names.")
    );

    public static readonly ProblemCode ModeNotActivated = Add(
        "mode-not-activated",
        ToldTo.Participant,
        new("传输企业未开通该业务模式。", "The sender is not activated for the trade mode."),
        new("请口岸开通后重新发送。", "Have the port activate it and send the document again."),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode MoreThanOnePack = Add(
        "more-than-one-pack",
        ToldTo.Participant,
        new("件数不为 1。", "packNo is not 1."),
        new("一票运单一个包裹，件数填 1。", "One parcel a waybill: say 1.")
    );

    public static readonly ProblemCode NegativeNumber = Add(
        "negative-number",
        ToldTo.Participant,
        new("数值为负。", "A number is negative."),
        new("更正该数值。", "Correct it.")
    );

    public static readonly ProblemCode NoDocuments = Add(
        "no-documents",
        ToldTo.Both,
        new("报文中没有单证。", "The message has no document."),
        new("加入单证后重新发送。", "Put documents in and send it again.")
    );

    public static readonly ProblemCode NoLines = Add(
        "no-lines",
        ToldTo.Participant,
        new("单证没有表体。", "The document has no lines."),
        new("补充商品行。", "Add lines."),
        (DocumentType.Order, -301001),
        (DocumentType.DeclarationList, -621000)
    );

    public static readonly ProblemCode NotADate = Add(
        "not-a-date",
        ToldTo.Participant,
        new("不是有效日期。", "A field is not a date."),
        new("按 yyyyMMdd 填写。", "Write yyyyMMdd.")
    );

    public static readonly ProblemCode NotADeclaration = Add(
        "not-a-declaration",
        ToldTo.Participant,
        new("报文不是申报单证。", "The message is not a declaration."),
        new("发送到正确的主题或接口。", "Send it where it belongs.")
    );

    public static readonly ProblemCode NotANumber = Add(
        "not-a-number",
        ToldTo.Both,
        new("不是有效数值。", "A field is not a number."),
        new("按所需格式填写数值。", "Write a number as the text says.")
    );

    public static readonly ProblemCode NotAQuery = Add(
        "not-a-query",
        ToldTo.Operator,
        new("模拟器收到的不是查询。", "What the simulator got is not a question."),
        new("查明谁写入了该主题。", "Find out who writes to the topic.")
    );

    public static readonly ProblemCode NotAReceipt = Add(
        "not-a-receipt",
        ToldTo.Operator,
        new("报文不是海关回执。", "The message is not one of customs."),
        new("查明谁写入了该主题。", "Find out who writes to the topic.")
    );

    public static readonly ProblemCode NotATime = Add(
        "not-a-time",
        ToldTo.Participant,
        new("不是有效时间。", "A field is not a time."),
        new("按 yyyyMMddHHmmss 填写。", "Write yyyyMMddHHmmss.")
    );

    public static readonly ProblemCode NotAWholeNumber = Add(
        "not-a-whole-number",
        ToldTo.Participant,
        new("不是整数。", "A field is not a whole number."),
        new("填写整数。", "Write a whole number.")
    );

    public static readonly ProblemCode NotAllowed = Add(
        "not-allowed",
        ToldTo.Both,
        new("账户的角色没有此权限。", "No role of the account has the right."),
        new(
            "换用有此权限的账户，或请管理员授权，见 `docs/rights.md`。",
            "Use an account that has it, or ask an administrator; `docs/rights.md` has the table."
        )
    );

    public static readonly ProblemCode NotDispatched = Add(
        "not-dispatched",
        ToldTo.Operator,
        new(
            "单证尚未发往海关，无可重发。",
            "The document has not gone to customs, so that there is nothing to send again."
        ),
        new("查看包裹在等待什么。", "See what the parcel waits for.")
    );

    public static readonly ProblemCode NotJson = Add(
        "not-json",
        ToldTo.Participant,
        new("报文不是 JSON。", "The message is not JSON."),
        new("更正后重新发送。", "Correct it and send it again.")
    );

    public static readonly ProblemCode NotReady = Add(
        "not-ready",
        ToldTo.Operator,
        new("节点尚未就绪。", "The silo is not ready."),
        new("查看各部件的说明（parts）。", "See parts for what is wrong with each.")
    );

    public static readonly ProblemCode NotXml = Add(
        "not-xml",
        ToldTo.Both,
        new("报文不是格式良好的 XML。", "The message is not well-formed XML."),
        new("更正后重新发送。", "Correct it and send it again.")
    );

    public static readonly ProblemCode NotYourCompany = Add(
        "not-your-company",
        ToldTo.Participant,
        new("账户不能代表该传输企业。", "The account does not speak for the sender that the message names."),
        new(
            "使用该企业的账户，或请管理员绑定企业代码。",
            "Use an account of that company, or have an administrator bind this one to it."
        )
    );

    public static readonly ProblemCode NothingToDelete = Add(
        "nothing-to-delete",
        ToldTo.Participant,
        new("没有可删除的单证。", "There is nothing to delete."),
        new("核对编号。", "Check the numbers."),
        (DocumentType.Order, -301009),
        (DocumentType.Payment, -401006),
        (DocumentType.Waybill, -504014),
        (DocumentType.WaybillStatus, -505014),
        (DocumentType.DeclarationList, -621011)
    );

    public static readonly ProblemCode OrderLineNotListed = Add(
        "order-line-not-listed",
        ToldTo.Participant,
        new("订单商品未列入清单。", "A line of the order is not in the list."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode OrderNamesOtherCarrier = Add(
        "order-names-other-carrier",
        ToldTo.Participant,
        new("订单所指物流企业与运单不一致。", "The order names another carrier than the waybill."),
        new("更正订单或运单。", "Correct the order or the waybill.")
    );

    public static readonly ProblemCode OrderNamesOtherWaybill = Add(
        "order-names-other-waybill",
        ToldTo.Participant,
        new("订单所指运单与运单不一致。", "The order names another waybill."),
        new("更正订单或运单。", "Correct the order or the waybill.")
    );

    public static readonly ProblemCode OrderUnknown = Add(
        "order-unknown",
        ToldTo.Participant,
        new(
            "等待期内未能确定单证所属的订单。",
            "Whose the document is was not known in its time: no order has it, or several have."
        ),
        new(
            "核对编号，待订单或清单报送后重新发送。",
            "Check the number and send it again once order or list are here."
        )
    );

    public static readonly ProblemCode OutcomeUnknown = Add(
        "outcome-unknown",
        ToldTo.Both,
        new(
            "同一 Idempotency-Key 的请求可能已经执行。",
            "The request with this Idempotency-Key may be done."
        ),
        new(
            "先查看包裹；如需再次执行，用新的键。",
            "Look at the parcel; to have it done again, use a new key."
        )
    );

    public static readonly ProblemCode OverAnnualLimit = Add(
        "over-annual-limit",
        ToldTo.Participant,
        new("超过个人年度交易限值。", "The annual limit would be passed."),
        new("按一般贸易办理。", "Declare it as ordinary trade."),
        (DocumentType.DeclarationList, -621018)
    );

    public static readonly ProblemCode OverAnnualLimitKnown = Add(
        "over-annual-limit-known",
        ToldTo.Participant,
        new("订购人此前已超过年度交易限值。", "The buyer is known to be over the annual limit."),
        new("按一般贸易办理。", "Plan the purchase as ordinary trade.")
    );

    public static readonly ProblemCode OverSingleLimit = Add(
        "over-single-limit",
        ToldTo.Participant,
        new("超过单次交易限值。", "The limit of a single purchase is passed."),
        new("按一般贸易办理。", "Declare it as ordinary trade."),
        (DocumentType.DeclarationList, -621005)
    );

    public static readonly ProblemCode PaidAmountWrong = Add(
        "paid-amount-wrong",
        ToldTo.Participant,
        new("实际支付金额与各项合计不一致。", "What was paid is not the sum of its parts."),
        new("更正合计或各项。", "Correct the sum or its parts.")
    );

    public static readonly ProblemCode ParcelNotFound = Add(
        "parcel-not-found",
        ToldTo.Both,
        new("没有对应的包裹。", "There is no such parcel."),
        new("核对平台代码与编号。", "Check the platform's code and the numbers.")
    );

    public static readonly ProblemCode PartAway = Add(
        "part-away",
        ToldTo.Both,
        new("数据库或节点暂不可用。", "The database or the silos are away."),
        new(
            "稍后重试；就绪状态的说明见 `/health/ready`。",
            "Try again in a moment; `/health/ready` says more."
        )
    );

    public static readonly ProblemCode ParticipantNotYours = Add(
        "participant-not-yours",
        ToldTo.Participant,
        new("本账户不能查看该企业的变更。", "The account may not read the changes of this participant."),
        new(
            "使用该企业的账户，或请管理员绑定；GET /api/v1/me 列出可用的企业。",
            "Use an account of that company, or have an administrator bind this one to it; GET /api/v1/me lists those it speaks for."
        )
    );

    public static readonly ProblemCode PathNotFound = Add(
        "path-not-found",
        ToldTo.Both,
        new("没有该地址。", "There is no such address."),
        new("按接口说明更正地址。", "Correct the address by the page of HTTP.")
    );

    public static readonly ProblemCode PayCodeDiffers = Add(
        "pay-code-differs",
        ToldTo.Participant,
        new("订单与支付单的支付企业不一致。", "The payment company of the order is not the payment's."),
        new("更正订单或支付单。", "Correct the order or the payment.")
    );

    public static readonly ProblemCode PayTransactionDiffers = Add(
        "pay-transaction-differs",
        ToldTo.Participant,
        new("订单与支付单的交易编号不一致。", "The transaction number of the order is not the payment's."),
        new("更正订单或支付单。", "Correct the order or the payment.")
    );

    public static readonly ProblemCode PayerIsNotBuyer = Add(
        "payer-is-not-buyer",
        ToldTo.Participant,
        new("支付人证件与订购人不一致。", "The payer's id document is not the buyer's."),
        new("由订购人支付，或更正证件号码。", "Have the buyer pay, or correct the id number.")
    );

    public static readonly ProblemCode PayerNameDiffers = Add(
        "payer-name-differs",
        ToldTo.Participant,
        new("支付人姓名与订购人不一致。", "The payer's name is not the buyer's."),
        new("更正支付单或订单。", "Correct the payment or the order.")
    );

    public static readonly ProblemCode PreconditionFailed = Add(
        "precondition-failed",
        ToldTo.Both,
        new("包裹已与 If-Match 所指的不同。", "The parcel is not what If-Match names any more."),
        new("重新查看包裹，再以新的 ETag 执行。", "GET the parcel again and act with its new ETag.")
    );

    public static readonly ProblemCode PrincipalInactive = Add(
        "principal-inactive",
        ToldTo.Participant,
        new("单证所属企业已停用。", "The company for which the document is transmitted is not active."),
        new("请口岸启用该企业。", "Ask the port to activate it.")
    );

    public static readonly ProblemCode QuantityDiffers = Add(
        "quantity-differs",
        ToldTo.Participant,
        new("清单数量与订单不一致。", "The quantity of a list line is not the order line's."),
        new("更正清单或订单。", "Correct the list or the order.")
    );

    public static readonly ProblemCode QuantityZero = Add(
        "quantity-zero",
        ToldTo.Participant,
        new("数量为零。", "A quantity is zero."),
        new("填写数量。", "Say how much it is.")
    );

    public static readonly ProblemCode QueryIncomplete = Add(
        "query-incomplete",
        ToldTo.Both,
        new("查询参数缺少、重复或不认识。", "A parameter is missing, repeated or unknown."),
        new("按说明补全参数。", "Give the parameters that the text names.")
    );

    public static readonly ProblemCode QuotaConflict = Add(
        "quota-conflict",
        ToldTo.Participant,
        new("额度预占被拒绝。", "The quota could not be reserved."),
        new("联系口岸。", "Ask the port.")
    );

    public static readonly ProblemCode QuotaLetGo = Add(
        "quota-let-go",
        ToldTo.Operator,
        new("关闭时已释放额度，清单不能重发。", "The quota was let go when the parcel was closed."),
        new("以新的 guid 重新申报清单。", "Declare the list anew, with a new guid.")
    );

    public static readonly ProblemCode QuotaYearTooOld = Add(
        "quota-year-too-old",
        ToldTo.Participant,
        new("额度所属年度过早。", "The year of the quota lies too far back."),
        new("联系口岸。", "Ask the port.")
    );

    public static readonly ProblemCode ReasonMissing = Add(
        "reason-missing",
        ToldTo.Operator,
        new("关闭包裹未写明原因。", "Closing a parcel needs a reason."),
        new("写明原因。", "Give one.")
    );

    public static readonly ProblemCode ReasonWrong = Add(
        "reason-wrong",
        ToldTo.Operator,
        new("请求体或其中的理由（reason）有误。", "The body, or the reason in it, is wrong."),
        new("按说明更正请求体。", "Correct it as the text says.")
    );

    public static readonly ProblemCode ReceiptWithoutParcel = Add(
        "receipt-without-parcel",
        ToldTo.Operator,
        new("等待期内没有包裹认领回执。", "No parcel claimed the receipt in its time."),
        new(
            "查明单证由谁报送，单证到齐后取回死信重试。",
            "Find out who sent the document; retry the dead letter once it is here."
        )
    );

    public static readonly ProblemCode RefusalUntold = Add(
        "refusal-untold",
        ToldTo.Operator,
        new("单证未受理，且无法告知发送者。", "A document is refused and its sender cannot be told."),
        new("由运维告知发送者。", "Have an operator tell the sender.")
    );

    public static readonly ProblemCode RequestInFlight = Add(
        "request-in-flight",
        ToldTo.Both,
        new(
            "同一 Idempotency-Key 的请求尚未结束。",
            "The first request with this Idempotency-Key has not ended."
        ),
        new("按 Retry-After 以同一键重试。", "Ask again with the same key after Retry-After.")
    );

    public static readonly ProblemCode RequiredInMode = Add(
        "required-in-mode",
        ToldTo.Participant,
        new("该业务模式下必须填写此字段。", "The trade mode needs the field."),
        new("补充该字段，或更正业务模式。", "Fill it in, or correct the trade mode.")
    );

    public static readonly ProblemCode ReturnOverdue = Add(
        "return-overdue",
        ToldTo.Participant,
        new("退货逾期未办结。", "The return is not ended in its time."),
        new("联系海关。", "Ask customs.")
    );

    public static readonly ProblemCode ReturnTooLate = Add(
        "return-too-late",
        ToldTo.Participant,
        new("退货申请已逾期。", "The time to apply for a return is over."),
        new("不再申请退货，或联系海关。", "Do not apply for it, or ask customs.")
    );

    public static readonly ProblemCode ReturnedGoodsDiffer = Add(
        "returned-goods-differ",
        ToldTo.Participant,
        new("退货商品与清单不一致。", "The returned goods are not those of the list."),
        new("按清单更正。", "Correct them by the list.")
    );

    public static readonly ProblemCode ReturnedNothing = Add(
        "returned-nothing",
        ToldTo.Participant,
        new("退货单没有退任何商品。", "The return returns nothing."),
        new("填写退货数量。", "Say what is returned.")
    );

    public static readonly ProblemCode ReturnedTooMuch = Add(
        "returned-too-much",
        ToldTo.Participant,
        new("退货数量超过清单。", "More is returned than the list has."),
        new("更正退货数量。", "Correct the quantity.")
    );

    public static readonly ProblemCode RootAttributeMissing = Add(
        "root-attribute-missing",
        ToldTo.Participant,
        new("根元素缺少属性。", "The root lacks an attribute."),
        new("补充 guid 与 version。", "Add guid and version.")
    );

    public static readonly ProblemCode SameSubject = Add(
        "same-subject",
        ToldTo.Participant,
        new("参与企业为同一主体，本口岸不允许。", "Companies are the same that this port wants different."),
        new("由不同企业报送，或更正企业代码。", "Have different companies send, or correct their codes.")
    );

    public static readonly ProblemCode SecondQuantityIncomplete = Add(
        "second-quantity-incomplete",
        ToldTo.Participant,
        new("第二数量与第二单位未同时填写。", "Second quantity and second unit are not both there."),
        new("同时填写，或同时不填。", "Give both or none.")
    );

    public static readonly ProblemCode SenderInactive = Add(
        "sender-inactive",
        ToldTo.Participant,
        new("传输企业已停用。", "The sender is not active."),
        new("请口岸启用该企业。", "Ask the port to activate it."),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode SenderNotEntitled = Add(
        "sender-not-entitled",
        ToldTo.Participant,
        new("传输企业无权发送该单证。", "The sender may not send this document."),
        new(
            "由有资质的企业发送，或请口岸登记资质。",
            "Have an entitled company send it, or have the port register the right."
        ),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode SenderUnknown = Add(
        "sender-unknown",
        ToldTo.Participant,
        new("传输企业未登记。", "The sender is not registered."),
        new("请口岸登记后重新发送。", "Have the port register it and send the document again."),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode SeveralPayments = Add(
        "several-payments",
        ToldTo.Participant,
        new("订单有多份支付单，无法确定一份。", "The order has several payments and none is sure."),
        new("删除多余的支付单，或在订单中写明。", "Delete those too many, or name one in the order.")
    );

    public static readonly ProblemCode SeveralWaybills = Add(
        "several-waybills",
        ToldTo.Participant,
        new("订单有多份运单，无法确定一份。", "The order has several waybills and none is sure."),
        new("删除多余的运单，或在订单、清单中写明。", "Delete those too many, or name one in order or list.")
    );

    public static readonly ProblemCode SignInNeeded = Add(
        "sign-in-needed",
        ToldTo.Both,
        new("未登录，也未附凭证。", "Nobody has signed in and no credential was sent."),
        new("登录，或附上令牌。", "Sign in, or send a token.")
    );

    public static readonly ProblemCode SignatureInvalid = Add(
        "signature-invalid",
        ToldTo.Participant,
        new("签名验证未通过。", "The signature does not verify."),
        new("重新加签后发送。", "Sign the message anew and send it."),
        (DocumentType.DeclarationList, -621029)
    );

    public static readonly ProblemCode SignatureMissing = Add(
        "signature-missing",
        ToldTo.Participant,
        new("该企业的报文须加签而未加签。", "The sender's messages have to be signed and this one is not."),
        new("加签后发送。", "Sign it and send it."),
        (DocumentType.DeclarationList, -621026)
    );

    public static readonly ProblemCode SignedMessage = Add(
        "signed-message",
        ToldTo.Operator,
        new(
            "单证随企业加签报文发出，不能由引擎重发。",
            "The document left in a message that its participant signed."
        ),
        new(
            "由企业重新签名报送，或查询回执。",
            "Have the participant send it again, or ask customs about it."
        )
    );

    public static readonly ProblemCode SigningKeyMissing = Add(
        "signing-key-missing",
        ToldTo.Both,
        new("平台没有该企业的云加签密钥。", "The platform has no signing key of the company."),
        new("由运维配置密钥。", "Have an operator provide the key.")
    );

    public static readonly ProblemCode SpeaksForAnother = Add(
        "speaks-for-another",
        ToldTo.Participant,
        new("单证属于其他企业。", "The document is another company's."),
        new(
            "各企业发送自己的单证，或请口岸登记代传关系。",
            "Let each company send its own, or have the port register for whom the sender transmits."
        ),
        (DocumentType.DeclarationList, -621016)
    );

    public static readonly ProblemCode Stale = Add(
        "stale",
        ToldTo.Participant,
        new("报送时间早于已受理的同一单证。", "appTime is older than that of the document that is here."),
        new(
            "如需变更，以当前时间和新的 guid 重新报送。",
            "To change it, send it again with the present time and a new guid."
        ),
        (DocumentType.Order, -301014),
        (DocumentType.Payment, -401012),
        (DocumentType.Waybill, -504015),
        (DocumentType.WaybillStatus, -505016),
        (DocumentType.InboundNote, -800005)
    );

    public static readonly ProblemCode Starting = Add(
        "starting",
        ToldTo.Both,
        new("引擎正在启动。", "The engine starts."),
        new("稍后重试。", "Try again in a moment.")
    );

    public static readonly ProblemCode StillLeaving = Add(
        "still-leaving",
        ToldTo.Operator,
        new("单证正在发往海关。", "The document is on its way to customs already."),
        new("不要重发。", "Do not send it again.")
    );

    public static readonly ProblemCode Stopping = Add(
        "stopping",
        ToldTo.Both,
        new("节点正在停止。", "The silo stops."),
        new("改用其他节点。", "Ask another.")
    );

    public static readonly ProblemCode TextBetweenElements = Add(
        "text-between-elements",
        ToldTo.Participant,
        new("元素之间有文本。", "There is text between elements."),
        new("去掉该文本。", "Take it out.")
    );

    public static readonly ProblemCode TimeImplausible = Add(
        "time-implausible",
        ToldTo.Operator,
        new("记录的时间不可信。", "The time of the record is implausible."),
        new(
            "校准消息服务器或发送者的时钟，再重试死信。",
            "Set the clock of broker or sender right, then retry the dead letter."
        )
    );

    public static readonly ProblemCode TooDeep = Add(
        "too-deep",
        ToldTo.Both,
        new("嵌套过深。", "Elements are nested too deep."),
        new("按报文规范更正。", "Correct it by the format of the message.")
    );

    public static readonly ProblemCode TooLarge = Add(
        "too-large",
        ToldTo.Participant,
        new("报文或请求体超过上限。", "The message or the body is larger than is taken."),
        new("拆分或缩短。", "Split or shorten it.")
    );

    public static readonly ProblemCode TooManyAttributes = Add(
        "too-many-attributes",
        ToldTo.Participant,
        new("属性过多。", "An element has too many attributes."),
        new("去掉多余的属性。", "Take out those too many.")
    );

    public static readonly ProblemCode TooManyDocuments = Add(
        "too-many-documents",
        ToldTo.Both,
        new("单证或回执份数超过上限。", "There are more documents or returns than are taken."),
        new("拆分报文；在包裹中以已有主键变更。", "Split the message; in a parcel, change one that is here.")
    );

    public static readonly ProblemCode TooManyElements = Add(
        "too-many-elements",
        ToldTo.Both,
        new("元素过多。", "There are too many elements."),
        new("去掉多余的元素，或拆分报文。", "Take out those too many, or split the message.")
    );

    public static readonly ProblemCode TooManyLines = Add(
        "too-many-lines",
        ToldTo.Participant,
        new("表体行数超过上限。", "A document has more lines than are taken."),
        new("拆分单证。", "Split it.")
    );

    public static readonly ProblemCode TooManyPlatforms = Add(
        "too-many-platforms",
        ToldTo.Participant,
        new(
            "就该订单编号向过多平台报送了单证。",
            "The company has sent documents of this order number for too many platforms."
        ),
        new("核对平台代码与订单编号。", "Check ebpCode and orderNo.")
    );

    public static readonly ProblemCode TooManyReaders = Add(
        "too-many-readers",
        ToldTo.Participant,
        new("打开的变更流过多。", "Too many change feeds are open."),
        new(
            "关闭多余的流，或按 Retry-After 稍后重试。",
            "Close those that are not needed, or come again after Retry-After."
        )
    );

    public static readonly ProblemCode TooManyRequests = Add(
        "too-many-requests",
        ToldTo.Participant,
        new("请求过多。", "There are too many requests."),
        new("稍后重试。", "Try again in a moment.")
    );

    public static readonly ProblemCode TooManyResends = Add(
        "too-many-resends",
        ToldTo.Operator,
        new("单证重发次数已达上限。", "The document was sent again as often as is allowed."),
        new("与海关核实后关闭包裹。", "Clear it with customs, then close the parcel.")
    );

    public static readonly ProblemCode TooManyWaiting = Add(
        "too-many-waiting",
        ToldTo.Participant,
        new("待匹配的单证已达上限。", "Too many documents wait for their parcel."),
        new(
            "先发送对应的订单或清单，再重新发送。",
            "Have order or list sent first, then send this one again."
        )
    );

    public static readonly ProblemCode TooSlow = Add(
        "too-slow",
        ToldTo.Participant,
        new("请求体传输过慢。", "The body came too slowly."),
        new("重新发送。", "Send it again.")
    );

    public static readonly ProblemCode TopicOfAnother = Add(
        "topic-of-another",
        ToldTo.Participant,
        new(
            "报文的传输企业（copCode）不是该主题所属的企业。",
            "The message came by the topic of another company than the sender that it names (copCode)."
        ),
        new("各企业以自己的编码在自己的主题上发送。", "Send on your own topics, and name your own code.")
    );

    public static readonly ProblemCode TransferMissing = Add(
        "transfer-missing",
        ToldTo.Participant,
        new("缺少报文传输实体。", "BaseTransfer is missing."),
        new("补充 BaseTransfer。", "Add BaseTransfer.")
    );

    public static readonly ProblemCode UnknownElement = Add(
        "unknown-element",
        ToldTo.Both,
        new("不认识的元素。", "An element is unknown."),
        new("去掉或更正该元素。", "Take it out or correct its name.")
    );

    public static readonly ProblemCode UnknownMessage = Add(
        "unknown-message",
        ToldTo.Both,
        new("不是所知的报文类型。", "The message is of no known type."),
        new("核对根元素与报文类型。", "Check the root and the type of the message.")
    );

    public static readonly ProblemCode ValueNotAllowed = Add(
        "value-not-allowed",
        ToldTo.Participant,
        new("取值不在允许范围内。", "A value is not one of those that are allowed."),
        new("改用允许的取值。", "Use one that is allowed.")
    );

    public static readonly ProblemCode WaybillNumberUsed = Add(
        "waybill-number-used",
        ToldTo.Participant,
        new(
            "运单号已用于另一已申报的订单。",
            "The waybill number is used by another order whose list is declared."
        ),
        new(
            "更换运单号，或更正运单的订单编号。",
            "Use another number, or correct the order that the waybill names."
        )
    );

    public static readonly ProblemCode WaybillOfAnotherOrder = Add(
        "waybill-of-another-order",
        ToldTo.Participant,
        new("运单属于另一订单。", "The waybill is another order's."),
        new("更正运单号或订单编号。", "Correct the number of the waybill or of the order.")
    );

    public static readonly ProblemCode WeightsWrong = Add(
        "weights-wrong",
        ToldTo.Participant,
        new("毛重小于净重，或净重为零。", "The gross weight is below the net weight, or that is zero."),
        new("更正重量。", "Correct the weights.")
    );

    public static readonly ProblemCode WrongEncoding = Add(
        "wrong-encoding",
        ToldTo.Both,
        new("报文不是 UTF-8。", "The message is not UTF-8."),
        new("以 UTF-8 重新发送。", "Send it again in UTF-8.")
    );

    public static readonly ProblemCode WrongNamespace = Add(
        "wrong-namespace",
        ToldTo.Participant,
        new("命名空间有误。", "The namespace is wrong."),
        new("按报文规范更正命名空间。", "Correct it by the format of the message.")
    );

    public static readonly ProblemCode WrongOrder = Add(
        "wrong-order",
        ToldTo.Participant,
        new("元素顺序有误。", "Elements are out of order."),
        new("按报文规范调整顺序。", "Put them in the order of the format.")
    );

    public static readonly ProblemCode WrongState = Add(
        "wrong-state",
        ToldTo.Both,
        new("包裹当前状态不允许。", "The state of the parcel does not allow it."),
        new("查看包裹状态后再办。", "See the parcel's state first."),
        (DocumentType.Cancellation, -623005),
        (DocumentType.Return, -625022)
    );

    public static readonly ProblemCode WrongTopic = Add(
        "wrong-topic",
        ToldTo.Participant,
        new("报文发到了其他单证的主题。", "The message came by the topic of another document."),
        new("发送到对应的主题。", "Send it to the topic of its document.")
    );

    public static readonly ProblemCode WrongType = Add(
        "wrong-type",
        ToldTo.Participant,
        new("JSON 值的类型有误。", "A JSON value is of the wrong kind."),
        new("改为字符串、对象或数组。", "Write the kind that the text names.")
    );

    public static readonly ProblemCode YearWrong = Add(
        "year-wrong",
        ToldTo.Participant,
        new("年度有误。", "The year is wrong."),
        new("更正年度。", "Correct it.")
    );

    /// <summary>All of them, by code; it stands last, for the codes above fill it.</summary>
    static readonly FrozenDictionary<string, ProblemEntry> ByText = Entries.ToFrozenDictionary(
        e => e.Code.Text,
        StringComparer.Ordinal
    );

    /// <summary>The whole catalogue in its order.</summary>
    public static ImmutableArray<ProblemEntry> Catalogue { get; } = [.. Entries];

    static ProblemCode Add(
        string text,
        ToldTo toldTo,
        ProblemWords meaning,
        ProblemWords remedy,
        params (DocumentType Document, int Code)[] official
    )
    {
        var code = new ProblemCode(text);
        Entries.Add(new ProblemEntry(code, toldTo, meaning, remedy, [.. official]));
        return code;
    }
}
