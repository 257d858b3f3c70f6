internal import ZeroMQProtocol

/// Who deals with what is not for the application. Called on the loop.
protocol CommandHandler: AnyObject {
    /// Answers a command. An error ends the connection.
    func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError?
    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool)
    /// Whether another change of subscription can be taken. If not, the loop is called later.
    func hasRoomForSubscription() -> Bool
    /// So many messages came that this type of socket does not receive.
    func passedOver(_ messages: Int)
}
