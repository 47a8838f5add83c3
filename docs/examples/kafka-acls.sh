#!/bin/sh
# Who may write and read which topic of the engine, as commands of Kafka (ADR 031). Put in your own principals and run it where
# Kafka's own tools are. The broker must refuse whom no rule allows: allow.everyone.if.no.acl.found=false.
#
#   BOOTSTRAP=broker:9092 COMMAND_CONFIG=admin.properties sh kafka-acls.sh CODE...
#
# Each CODE is a participant's, whose principal is User:CODE here.
set -eu

ENGINE=${ENGINE:-User:clearance-engine} # all silos
CUSTOMS=${CUSTOMS:-User:customs-gateway} # what carries messages between Kafka and customs
OPERATORS=${OPERATORS:-User:clearance-operators} # who works off dead letters
GROUP=${GROUP:-clearance-engine} # Engine:Group
CUSTOMS_GROUP=${CUSTOMS_GROUP:-customs-gateway}

acl() {
  kafka-acls.sh --bootstrap-server "$BOOTSTRAP" --command-config "$COMMAND_CONFIG" --add "$@"
}

# allow PRINCIPAL OPERATION... -- TOPIC...
allow() {
  principal=$1
  shift
  operations=
  while [ "$1" != -- ]; do
    operations="$operations --operation $1"
    shift
  done
  shift
  for topic in "$@"; do
    # shellcheck disable=SC2086 # one word an argument
    acl --allow-principal "$principal" $operations --topic "$topic"
  done
}

# The engine makes its topics and checks their settings, so it describes and creates; it alters none.
SHARED="declarations.order declarations.payment declarations.waybill declarations.list declarations.entry declarations.cancel declarations.return"
acl --allow-principal "$ENGINE" --operation Read --operation Write --operation Describe --operation DescribeConfigs \
  --operation Create --topic declarations. --resource-pattern-type prefixed
# It reads receipts back for the change feed (GET /api/v1/changes).
acl --allow-principal "$ENGINE" --operation Read --operation Write --operation Describe --operation DescribeConfigs \
  --operation Create --topic receipts. --resource-pattern-type prefixed # and each receiptTopic of the participants' file that is named otherwise
allow "$ENGINE" Read Describe DescribeConfigs Create -- customs.receipts
allow "$ENGINE" Write Describe DescribeConfigs Create -- customs.outbound customs.queries customs.set-aside clearance.dead-letters
allow "$ENGINE" Describe DescribeConfigs Create -- clearance.dead-letters.runs
acl --allow-principal "$ENGINE" --operation Read --operation Describe --group "$GROUP" --resource-pattern-type prefixed

# Customs does not sign: WHOEVER MAY WRITE customs.receipts RELEASES PARCELS. Nobody but the gateway, and operators who put back
# receipts from the dead letters.
allow "$CUSTOMS" Write Describe -- customs.receipts
allow "$CUSTOMS" Read Describe -- customs.outbound customs.queries
acl --allow-principal "$CUSTOMS" --operation Read --group "$CUSTOMS_GROUP"

# Operators read what was parked, say what they put back, and put it back where it came from: with this they can do all that
# participants and customs can. Give it to few, or for as long as a run takes.
allow "$OPERATORS" Read Describe -- clearance.dead-letters customs.set-aside
allow "$OPERATORS" Read Write Describe -- clearance.dead-letters.runs customs.receipts
acl --allow-principal "$OPERATORS" --operation Read --operation Write --operation Describe --topic declarations. \
  --resource-pattern-type prefixed
acl --allow-principal "$OPERATORS" --operation Read --group clearance- --resource-pattern-type prefixed

# A participant writes its own topics and reads its receipts, and nothing else. Those of kinds that it may not send do not exist.
for code in "$@"; do
  for shared in $SHARED; do
    allow "User:$code" Write Describe -- "$shared.$code" # declarations.{kind}.{code}
  done
  allow "User:$code" Read Describe -- "receipts.$code" # receipts.{code}
  acl --allow-principal "User:$code" --operation Read --group "$code" --resource-pattern-type prefixed
  if [ -n "${SHARED_TOPICS:-}" ]; then # Intake:Topics=Shared or Both; a signature is then what tells who it is
    # shellcheck disable=SC2086 # one word a topic
    allow "User:$code" Write Describe -- $SHARED
  fi
done
