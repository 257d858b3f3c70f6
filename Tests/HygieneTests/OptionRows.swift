/// Where each row of the table of options is tested.
///
/// A row begins with the first C name of the table's row. Four cells follow: the option whose
/// default and setting `OptionValueTests` looks at; a bad value; the effect; and the effect as
/// libzmq sees it. A cell names tests as `File.function`, or an option that has a bad value in a
/// table of those; after a dash it says why there is nothing to test.
enum OptionRows {
    static let socket = """
        ZMQ_AFFINITY | ioThreadAffinity | ConnectionOptionTests.affinity \
        | ConnectionOptionTests.affinity | - no peer sees our threads
        ZMQ_BACKLOG | backlog | backlog | KernelOptionTests.backlog | - the system's
        ZMQ_BINDTODEVICE | bindToDevice | bindToDevice | KernelOptionTests.device | - the system's
        ZMQ_BUSY_POLL | busyPoll | busyPoll | KernelOptionTests.polling | - the system's
        ZMQ_CONFLATE | keepsOnlyLatest | keepsOnlyLatest | ConflateTests.newest \
        | HeartbeatInteropTests.conflating
        ZMQ_CONNECT_RID | connectRoutingID | connectRoutingID | RouterTests.givenName \
        | OptionInteropTests.routing
        ZMQ_CONNECT_ROUTING_ID | connectRoutingID | connectRoutingID | RouterTests.givenName \
        | OptionInteropTests.routing
        ZMQ_CONNECT_TIMEOUT | connectTimeout | connectTimeout | OptionEffectTests.connectTimeout \
        | - over before there is a peer
        ZMQ_CURVE_PUBLICKEY | security | CurveSocketTests.mechanisms | CurveSocketTests.unknownKey \
        | SecurityConversationTests.sizes
        ZMQ_DELAY_ATTACH_ON_CONNECT | queuesOnlyToConnectedPeers | - a Boolean \
        | ConnectionOptionTests.immediate | OptionInteropTests.immediate
        ZMQ_DISCONNECT_MSG | disconnectMessage | disconnectMessage \
        | ConnectionOptionTests.notices | OptionInteropTests.comingsAndGoings
        ZMQ_EVENTS | - no value | - no value | PollerTests.readable | - no peer sees it
        ZMQ_FAIL_UNROUTABLE | isMandatory | - a Boolean | RouterTests.unroutable \
        | OptionInteropTests.routing
        ZMQ_FD | - no value | - no value | PollerTests.ownDescriptor | - no peer sees it
        ZMQ_HANDSHAKE_IVL | handshakeTimeout | handshakeTimeout \
        | OptionEffectTests.handshakeTimeout | - libzmq is never late
        ZMQ_HEARTBEAT_IVL | heartbeat | HeartbeatTests.badValues | HeartbeatTests.silence \
        | HeartbeatInteropTests.together
        ZMQ_HELLO_MSG | helloMessage | helloMessage | ConnectionOptionTests.notices \
        | OptionInteropTests.introductions
        ZMQ_HICCUP_MSG | hiccupMessage | hiccupMessage | ConnectionOptionTests.hiccup \
        | OptionInteropTests.comingsAndGoings
        ZMQ_IDENTITY | routingID | routingID | RouterTests.names | OptionInteropTests.introductions
        ZMQ_IMMEDIATE | queuesOnlyToConnectedPeers | - a Boolean \
        | ConnectionOptionTests.immediate | OptionInteropTests.immediate
        ZMQ_INVERT_MATCHING | invertsMatching | - a Boolean | XPublisherTests.inverted \
        | PatternInteropTests.inverted
        ZMQ_IPV4ONLY | ipv6 | - a Boolean | KernelOptionTests.ipv6 | OptionInteropTests.listening
        ZMQ_IPV6 | ipv6 | - a Boolean | KernelOptionTests.ipv6 | OptionInteropTests.listening
        ZMQ_LAST_ENDPOINT | - no value | - no value | LifeCycleTests.several \
        | ConversationTests.weBind
        ZMQ_LINGER | linger | - every value has a meaning | LifeCycleTests.unsent \
        | OptionInteropTests.linger
        ZMQ_MAXMSGSIZE | maximumFrameSize | maximumFrameSize | OptionEffectTests.sizes \
        | OptionInteropTests.frameSize
        ZMQ_MECHANISM | security | AuthenticatorTests.roles | CurveSocketTests.mechanisms \
        | SecurityConversationTests.sizes
        ZMQ_METADATA | applicationMetadata | applicationMetadata | InsightTests.metadata \
        | OptionInteropTests.introductions
        ZMQ_ONLY_FIRST_SUBSCRIBE | - no value | - no value | PublishTests.upstreamMessages \
        | PatternInteropTests.cancellations
        ZMQ_PLAIN_PASSWORD | security | security | AuthenticatorTests.passwords \
        | SecurityConversationTests.refusals
        ZMQ_PRIORITY | packetPriority | packetPriority | KernelOptionTests.both | - the system's
        ZMQ_PROBE_ROUTER | probesRouter | probesRouter | InprocNoticeTests.early \
        | OptionInteropTests.introductions
        ZMQ_RCVBUF | receiveBufferSize, sendBufferSize | receiveBufferSize, sendBufferSize \
        | KernelOptionTests.both | - the system's
        ZMQ_RCVHWM | receiveHighWaterMark, sendHighWaterMark | OptionEffectTests.negativeMarks \
        | LiveMarkTests.early | OptionInteropTests.marks
        ZMQ_RCVTIMEO | receiveTimeout, sendTimeout | ExtremeTimeTests.pastTimes \
        | LifeCycleTests.timeouts | - no peer sees it
        ZMQ_RECONNECT_IVL | reconnect | reconnect | OptionEffectTests.pauses \
        | OptionInteropTests.immediate
        ZMQ_RECONNECT_STOP | reconnectStops | - every set has a meaning \
        | ConnectionOptionTests.stops | OptionInteropTests.comingsAndGoings
        ZMQ_REQ_CORRELATE | isCorrelated | - a Boolean | LockStepTests.relaxed \
        | PatternInteropTests.requests
        ZMQ_REQ_RELAXED | isRelaxed | - a Boolean | LockStepTests.relaxed \
        | PatternInteropTests.requests
        ZMQ_ROUTER_BEHAVIOR | isMandatory | - a Boolean | RouterTests.unroutable \
        | OptionInteropTests.routing
        ZMQ_ROUTER_HANDOVER | allowsHandover | - a Boolean | RouterTests.handover \
        | OptionInteropTests.routing
        ZMQ_ROUTER_MANDATORY | isMandatory | - a Boolean | RouterTests.full \
        | OptionInteropTests.routing
        ZMQ_ROUTER_NOTIFY | routerNotices | routerNotices | ConnectionOptionTests.notices \
        | OptionInteropTests.comingsAndGoings
        ZMQ_ROUTING_ID | routingID | routingID | RouterTests.names \
        | OptionInteropTests.introductions
        ZMQ_SOCKS_PASSWORD | socksProxy | socksProxy | ConnectionOptionTests.socks \
        | - the proxy is no peer
        ZMQ_STREAM_NOTIFY | notifiesStream | notifiesStream | OptionEffectTests.streamNotices \
        | OptionInteropTests.streamNotices
        ZMQ_SUBSCRIBE | - no value | LifeCycleTests.closed | PublishTests.counts \
        | PatternInteropTests.cancellations
        ZMQ_TCP_KEEPALIVE | tcpKeepAlive | tcpKeepAlive.idle, tcpKeepAlive.interval, \
        tcpKeepAlive.count | KernelOptionTests.both | - the system's
        ZMQ_TCP_MAXRT | tcpMaxRetransmit | tcpMaxRetransmit | KernelOptionTests.both \
        | - the system's
        ZMQ_TOPICS_COUNT | - only asked for | - only asked for | XPublisherTests.verbosity \
        | PatternInteropTests.verbosity
        ZMQ_TOS | typeOfService | typeOfService | KernelOptionTests.both | - the system's
        ZMQ_TYPE | - no value | - no value | InsightTests.everyType | ConversationTests.weBind
        ZMQ_USE_FD | listeningDescriptor | listeningDescriptor | ConnectionOptionTests.adopted \
        | OptionInteropTests.listening
        ZMQ_XPUB_MANUAL | isManual | XPublisherTests.manual | XPublisherTests.manual \
        | PatternInteropTests.manual
        ZMQ_XPUB_MANUAL_LAST_VALUE | - no value | - no value | XPublisherTests.lastValue \
        | PatternInteropTests.manual
        ZMQ_XPUB_NODROP | isLossless | - a Boolean | PublishTests.lossless \
        | PatternInteropTests.lossless
        ZMQ_XPUB_VERBOSE | notices | - every case has a meaning | XPublisherTests.verbosity \
        | PatternInteropTests.verbosity
        ZMQ_XPUB_WELCOME_MSG | welcomeMessage | - every message will do \
        | XPublisherTests.welcome | HeartbeatInteropTests.hello
        ZMQ_XSUB_VERBOSE_UNSUBSCRIBE | forwardsEveryCancellation | - a Boolean \
        | XPublisherTests.cancellations | PatternInteropTests.cancellations
        ZMQ_ZAP_DOMAIN | authenticationDomain | authenticationDomain \
        | AuthenticatorTests.domainAlone | SecurityConversationTests.refusals
        """

    static let context = """
        ZMQ_BLOCKY | defaultLinger | - every value has a meaning | ContextOptionTests.defaults \
        | - no peer sees it
        ZMQ_IO_THREADS | ioThreads | ioThreads | ContextOptionTests.threads | - no peer sees it
        ZMQ_IPV6 | socketDefaults | - checked by sockets | ContextOptionTests.defaults \
        | - as of sockets
        ZMQ_MAX_SOCKETS | maximumSockets | maximumSockets | ContextOptionTests.limit \
        | - no peer sees it
        ZMQ_THREAD_AFFINITY_CPU_ADD | threadAffinity | threadAffinity \
        | ContextOptionTests.threads | - no peer sees it
        ZMQ_THREAD_NAME_PREFIX | threadNamePrefix | threadNamePrefix \
        | ContextOptionTests.threads | - no peer sees it
        ZMQ_THREAD_PRIORITY | threadScheduling | threadScheduling | ContextOptionTests.threads \
        | - no peer sees it
        """
}
